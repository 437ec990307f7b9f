/**
 * The last builds of one Touchdownfile's packages: to say what changed since, and to remove the zips that later ones
 * took the place of, as each edit of a line makes another zip of all dependencies.
 */
import { createHash } from "node:crypto";
import { unlink, unlinkSync } from "node:fs";
import type { Store } from "../../store/store.ts";
import { lastBucket, zipBucket } from "../package-buckets.ts";
import type { PackageId } from "../package-key.ts";

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
    this.#key = createHash("sha256").update(folder).digest("hex");
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
   * @param from  the zip that the next one is made from
   */
  async removeEarlier(label: string, from?: { base: string; size: number }): Promise<void> {
    const gone = (this.of(label)?.zips ?? [])
      .slice(kept)
      .filter((sha256) => sha256 !== from?.base && this.#listed.get(sha256) === 1);
    const size = from?.size ?? Infinity;
    await Promise.all(gone.map((sha256) => removed(this.#store.path(zipBucket, sha256), size)));
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

/** Bytes: what is smaller is gone before another thread has begun. */
const worthAThread = 4 * 1024 * 1024;

/**
 * Without node:fs/promises, which takes longer to be ready than this takes to be done.
 *
 * @param size  about how big it is, in bytes
 */
async function removed(path: string, size: number): Promise<void> {
  if (size > worthAThread) return new Promise<void>((resolve) => unlink(path, () => resolve()));
  try {
    unlinkSync(path);
  } catch {
    // another process was first, or may not
  }
}
