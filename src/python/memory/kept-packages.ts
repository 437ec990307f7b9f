/**
 * The packages that were built, by their inputs. Those of the same dependencies and own paths are kept in one file: of
 * three hundred functions in one repository, each looks at it, and files cost more than what is in them.
 */
import { statSync } from "node:fs";
import type { Store } from "../../store/store.ts";
import { packageBucket, zipBucket } from "../package-buckets.ts";
import { differenceOf, joined } from "../package-key.ts";
import type { InputTable, PackageId, PackageInputs } from "../package-key.ts";

export interface KeptPackage {
  /** Of its zip, 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes. */
  readonly unzippedSize: number;
  /** Distributions in it whose wheel was compiled on the machine that built it. */
  readonly compiled: readonly string[];
}

/** Plain data, as JSON has it. */
interface Group {
  readonly shared: InputTable;
  /** Names of the own files, in order. */
  readonly names: readonly string[];
  /** By key; the oldest first. */
  readonly builds: Record<string, GroupBuild>;
  /** How many builds it had when those were last left out whose zip is gone. */
  readonly swept: number;
}

interface GroupBuild extends KeptPackage {
  /** What each own file was, in the order of their names, cut short: only to say which changed. */
  readonly own: readonly string[];
}

/** Permissions, and enough digits of a hash: `644 0123456789abcdef`. */
const cutLength = 20;

/** So many builds of a group cost less to read than to sort out. */
const fewBuilds = 16;

export class KeptPackages {
  readonly #store: Store;
  readonly #groups = new Map<string, Group | undefined>();
  /** Of each only what was kept since it was saved. */
  readonly #unsaved = new Map<string, Group>();

  constructor(store: Store) {
    this.#store = store;
  }

  find({ group, key }: PackageId): KeptPackage | undefined {
    return this.#of(group)?.builds[key];
  }

  /**
   * What differs between the inputs of a package that is kept and others, in words: `src/app.py changed`.
   *
   * @returns undefined where it is not kept, or nothing differs
   */
  differenceTo({ group, key }: PackageId, { shared, own }: PackageInputs): string | undefined {
    const known = this.#of(group);
    const build = known?.builds[key];
    if (known === undefined || build === undefined) return undefined;
    const before = known.names.map((name, at) => [name, build.own[at] ?? ""]);
    const now = Object.entries(own).map(([name, value]) => [name, cut(value)]);
    return differenceOf(
      joined({ shared: known.shared, own: Object.fromEntries(before) }),
      joined({ shared, own: Object.fromEntries(now) }),
    );
  }

  /** Other processes see it after `save`. */
  keep({ group, key }: PackageId, made: KeptPackage, { shared, own }: PackageInputs): void {
    const names = Object.keys(own).toSorted();
    const build = { ...made, own: names.map((name) => cut(own[name] ?? "")) };
    this.#of(group);
    for (const groups of [this.#groups, this.#unsaved]) {
      const known = groups.get(group) ?? { shared, names, builds: {}, swept: 0 };
      known.builds[key] = build;
      groups.set(group, known);
    }
  }

  /** Another process may have kept others meanwhile. */
  save(): void {
    for (const [group, made] of this.#unsaved) {
      const now = this.#read(group) ?? made;
      const builds = { ...now.builds, ...made.builds };
      const merged = this.#swept({ ...now, builds }, made.builds);
      this.#groups.set(group, merged);
      this.#store.writeRecord(packageBucket, group, merged);
    }
    this.#unsaved.clear();
  }

  #of(group: string): Group | undefined {
    if (!this.#groups.has(group)) this.#groups.set(group, this.#read(group));
    return this.#groups.get(group);
  }

  #read(group: string): Group | undefined {
    return this.#store.readRecord(packageBucket, group) as Group | undefined;
  }

  /** Once they have doubled, those are left out whose zip is gone: each edit of a line makes another. */
  #swept(group: Group, made: Readonly<Record<string, GroupBuild>>): Group {
    const entries = Object.entries(group.builds);
    if (entries.length <= Math.max(fewBuilds, 2 * group.swept)) return group;
    const left = entries.filter(([key, { sha256 }]) => key in made || this.#hasZip(sha256));
    return { ...group, builds: Object.fromEntries(left), swept: left.length };
  }

  #hasZip(sha256: string): boolean {
    return statSync(this.#store.path(zipBucket, sha256), { throwIfNoEntry: false }) !== undefined;
  }
}

function cut(value: string): string {
  return value.slice(0, cutLength);
}
