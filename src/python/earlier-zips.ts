/** The zips of a package's builds before this one: each edit of a line makes another zip of all its dependencies. */
import { rmSync, statSync, unlink } from "node:fs";
import type { Store } from "../store/store.ts";
import { zipBucket } from "./package-buckets.ts";
import type { InputTable } from "./package-key.ts";

/** What is kept of a package's last build. */
export interface LastBuild {
  /** Of its inputs, to say what changed. */
  readonly table: InputTable;
  /** The sha256s of its zips, the newest first; then that of the zip they are made from. */
  readonly zips: readonly string[];
}

/**
 * Beside the newest: one that is being shipped stays while two edits are built, and an edit that is taken back needs no
 * build.
 */
const kept = 2;

interface Build {
  readonly table: InputTable;
  /** Its zip's sha256. */
  readonly zip: string;
  /** Of the zip that it was made from. */
  readonly base: string | undefined;
}

export function afterBuild(last: LastBuild | undefined, { table, zip, base }: Build): LastBuild {
  const earlier = (last?.zips ?? []).filter((sha256) => sha256 !== zip);
  const others = earlier.filter((sha256, at) => at < kept || sha256 === base);
  return { table, zips: [zip, ...others] };
}

/**
 * Remove the zips that the next build pushes out, but for the one that it is made from. To be begun before the new one
 * is written: that then fills memory which these no longer need, instead of asking for more. One that can't be removed
 * is in nobody's way.
 */
export async function removeEarlier(
  store: Store,
  last: LastBuild | undefined,
  { base }: { readonly base: string | undefined },
): Promise<void> {
  const gone = (last?.zips ?? []).slice(kept).filter((sha256) => sha256 !== base);
  await Promise.all(gone.map((sha256) => removed(store.path(zipBucket, sha256))));
}

/** Bytes: what is smaller is gone before another thread has begun. */
const worthAThread = 4 * 1024 * 1024;

/** Without node:fs/promises, which takes longer to be ready than this takes to be done. */
async function removed(path: string): Promise<void> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return;
  if (size < worthAThread) rmSync(path, { force: true });
  else await new Promise<void>((resolve) => unlink(path, () => resolve()));
}
