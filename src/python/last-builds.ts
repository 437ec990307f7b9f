/**
 * The last builds of one Touchdownfile's packages: to say what changed since, and to remove the zips that later ones
 * took the place of, as each edit of a line makes another zip of all dependencies.
 */
import { createHash } from "node:crypto";
import { statSync, unlink, unlinkSync } from "node:fs";
import type { Store } from "../store/store.ts";
import { lastBucket, zipBucket } from "./package-buckets.ts";

export interface LastBuild {
  /** Of its inputs. */
  readonly key: string;
  /** The sha256s of the package's zips, the newest first; then that of the zip they are made from. */
  readonly zips: readonly string[];
}

export interface Build {
  /** Of its inputs. */
  readonly key: string;
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

const oftenMs = 1000;

export class LastBuilds {
  readonly #store: Store;
  readonly #key: string;
  readonly #made = new Map<string, LastBuild>();
  #before: Labelled | undefined;
  #running = 0;
  #savedMs = 0;
  #waiting = false;

  /** @param folder  the Touchdownfile's */
  constructor(store: Store, folder: string) {
    this.#store = store;
    this.#key = createHash("sha256").update(folder).digest("hex");
  }

  of(label: string): LastBuild | undefined {
    this.#before ??= this.#read();
    return this.#made.get(label) ?? this.#before[label];
  }

  /**
   * Remember what `work` builds. One file holds all builds that follow each other closely: of 300, each would take
   * longer to keep than to make.
   */
  async noting(label: string, work: () => Promise<Build>): Promise<void> {
    this.#running++;
    try {
      const build = await work();
      this.#made.set(label, after(this.of(label), build));
    } finally {
      this.#running--;
      if (this.#running === 0 && this.#made.size > 0) this.#saveLast();
    }
  }

  /** Of builds that follow each other closely the last one saves, which may be the process's last act. */
  #saveLast(): void {
    if (Date.now() - this.#savedMs > oftenMs) return this.#save();
    if (!this.#waiting) process.once("exit", this.#save);
    this.#waiting = true;
    setImmediate(() => {
      if (this.#running === 0 && this.#waiting) this.#save();
    });
  }

  /**
   * Remove the zips that the next build of a package pushes out, but for the one that it is made from. To be begun
   * before the new one is written: that then fills memory which these no longer need, instead of asking for more. One
   * that can't be removed is in nobody's way.
   *
   * @param base  the sha256 of the zip that the next one is made from
   */
  async removeEarlier(label: string, base: string | undefined): Promise<void> {
    const gone = (this.of(label)?.zips ?? []).slice(kept).filter((sha256) => sha256 !== base);
    await Promise.all(gone.map((sha256) => removed(this.#store.path(zipBucket, sha256))));
  }

  #read(): Labelled {
    return (this.#store.readRecord(lastBucket, this.#key) ?? {}) as Labelled;
  }

  /** Another process may have built others meanwhile. */
  readonly #save = (): void => {
    const now = { ...this.#read(), ...Object.fromEntries(this.#made) };
    this.#store.writeRecord(lastBucket, this.#key, now);
    this.#savedMs = Date.now();
    this.#waiting = false;
    process.off("exit", this.#save);
  };
}

function after(last: LastBuild | undefined, { key, zip, base }: Build): LastBuild {
  const earlier = (last?.zips ?? []).filter((sha256) => sha256 !== zip);
  return { key, zips: [zip, ...earlier.filter((sha256, at) => at < kept || sha256 === base)] };
}

/** Bytes: what is smaller is gone before another thread has begun. */
const worthAThread = 4 * 1024 * 1024;

/** Without node:fs/promises, which takes longer to be ready than this takes to be done. */
async function removed(path: string): Promise<void> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return;
  if (size > worthAThread) return new Promise<void>((resolve) => unlink(path, () => resolve()));
  try {
    unlinkSync(path);
  } catch {
    // another process was first, or may not
  }
}
