/**
 * The last builds of one Touchdownfile's packages: to say what changed since, and to remove the zips that later ones
 * took the place of, as each edit of a line makes another zip of all dependencies.
 */
import { unlink } from "node:fs";
import type { Store } from "../../store/store.ts";
import { lastBucket, zipBucket } from "../package-buckets.ts";
import type { PackageId } from "../package-key.ts";
import { sha256Hex } from "../../host/sha256.ts";

export interface LastBuild extends PackageId {
  /** The sha256s of the package's zips, the newest first; then that of the zip they are made from. */
  readonly zips: readonly string[];
}

export interface Build extends PackageId {
  /** Its zip's sha256. */
  readonly zip: string;
  /** Of the zip that it was made from. */
  readonly base: string | undefined;
}

type Labelled = Readonly<Record<string, LastBuild>>;

/**
 * Beside the newest: one that is being shipped stays while two edits are built, and an edit that is taken back needs no
 * build.
 */
const kept = 2;

export class LastBuilds {
  readonly #store: Store;
  readonly #key: string;
  readonly #made = new Map<string, LastBuild>();
  #before: Labelled | undefined;
  /** How many packages list a zip: by its sha256. */
  readonly #listed = new Map<string, number>();

  /** @param folder  the Touchdownfile's */
  constructor(store: Store, folder: string) {
    this.#store = store;
    this.#key = sha256Hex(folder);
  }

  of(label: string): LastBuild | undefined {
    return this.#made.get(label) ?? this.#earlier()[label];
  }

  note(label: string, build: Build): void {
    const before = this.of(label);
    const now = after(before, build);
    this.#count(before, -1);
    this.#count(now, 1);
    this.#made.set(label, now);
  }

  /** Another process may have built others meanwhile. */
  save(): void {
    const now = { ...this.#read(), ...Object.fromEntries(this.#made) };
    this.#store.writeRecord(lastBucket, this.#key, now);
  }

  /**
   * Remove the zips that the next build of a package pushes out, but for the one that it is made from. To be begun
   * before the new one is written: that then fills memory which these no longer need, instead of asking for more. One
   * that another package has too stays; one that can't be removed is in nobody's way.
   *
   * @param base  the sha256 of the zip that the next one is made from
   */
  async removeEarlier(label: string, base?: string): Promise<void> {
    const gone = (this.of(label)?.zips ?? [])
      .slice(kept)
      .filter((sha256) => sha256 !== base && this.#listed.get(sha256) === 1);
    await Promise.all(gone.map((sha256) => removed(this.#store.path(zipBucket, sha256))));
  }

  #earlier(): Labelled {
    if (this.#before === undefined) {
      this.#before = this.#read();
      for (const build of Object.values(this.#before)) this.#count(build, 1);
    }
    return this.#before;
  }

  #count(build: LastBuild | undefined, by: 1 | -1): void {
    for (const sha256 of build?.zips ?? [])
      this.#listed.set(sha256, (this.#listed.get(sha256) ?? 0) + by);
  }

  #read(): Labelled {
    return (this.#store.readRecord(lastBucket, this.#key) ?? {}) as Labelled;
  }
}

function after(last: LastBuild | undefined, { key, group, zip, base }: Build): LastBuild {
  const earlier = (last?.zips ?? []).filter((sha256) => sha256 !== zip);
  return {
    key,
    group,
    zips: [zip, ...earlier.filter((sha256, at) => at < kept || sha256 === base)],
  };
}

/**
 * By another thread: a disk takes as long to give a zip's blocks back as this one to pack the next. Without
 * node:fs/promises, which takes longer to be ready. It may be gone already, or not be ours to remove.
 */
function removed(path: string): Promise<void> {
  return new Promise((resolve) => unlink(path, () => resolve()));
}
