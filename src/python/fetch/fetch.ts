import { statSync } from "node:fs";
import type { Store } from "../../store/store.ts";
import { fetchedBucket, type FetchOptions } from "./fetch-options.ts";
import type { LockedFile } from "../lock/locked.ts";

/**
 * Bring files into the store, each checked against its sha256 on the way: at most 16 at a time, the biggest first,
 * each only once, also where several processes want it. What is in the store already is not read.
 *
 * @returns the path in the store of each, by sha256
 * @throws FETCH_CERTIFICATE, FETCH_CREDENTIALS, FETCH_FAILED, FETCH_HASH, FETCH_MISSING, FETCH_PROXY, FETCH_SIZE,
 *         FETCH_TIMEOUT, INTERRUPTED, STORE_WRITE
 */
export async function fetchFiles(
  files: readonly LockedFile[],
  options: FetchOptions,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  const missing = new Map<string, LockedFile>();
  for (const file of files) {
    const path = findWhole(file, options.store);
    if (path === undefined) missing.set(file.sha256, file);
    else paths.set(file.sha256, path);
  }
  if (missing.size > 0) {
    // imported here: a run that misses nothing needs no network
    const { fetchMissing } = await import("./fetch-missing.ts");
    for (const [sha256, path] of await fetchMissing([...missing.values()], options)) {
      paths.set(sha256, path);
    }
  }
  return paths;
}

/** A file is not synced to the disk, so a crash of the machine may have cut it short. */
function findWhole(file: LockedFile, store: Store): string | undefined {
  const bucket = fetchedBucket(file);
  const path = store.find(bucket, file.sha256);
  if (path === undefined) return undefined;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 && (file.size === undefined || file.size === size)) return path;
  store.discard(bucket, file.sha256);
  return undefined;
}
