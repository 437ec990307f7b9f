import { lstat, rm } from "node:fs/promises";
import { inUseMs } from "../host/last-use.ts";
import { storeFailure } from "./store-failure.ts";
import { storedFiles, type StoredFile } from "./stored-files.ts";
import type { Store } from "./store.ts";

export type PruneOptions = {
  /** Remove what was not used for this long. */
  readonly unusedForMs?: number;
  /** Then remove what was used the longest ago, until no more than this is left. */
  readonly atMostBytes?: number;
};

export type Pruned = {
  readonly removedFiles: number;
  readonly removedBytes: number;
  readonly keptFiles: number;
  readonly keptBytes: number;
};

/**
 * Make the store smaller. What was used within the last day may be in use now, and stays in any case; what killed
 * processes left half written goes, once it is older.
 *
 * @throws STORE_READ, STORE_WRITE
 */
export async function prune(store: Store, options: PruneOptions): Promise<Pruned> {
  const nowMs = Date.now();
  const files = await storedFiles(store.folder);
  const oldest = files.toSorted((a, b) => a.lastUseMs - b.lastUseMs);
  let keptBytes = files.reduce((sum, { size }) => sum + size, 0);
  let removedBytes = 0;
  let removedFiles = 0;
  for (const file of oldest) {
    const unusedMs = nowMs - file.lastUseMs;
    if (unusedMs < inUseMs) break;
    const unwanted =
      file.key === undefined ||
      unusedMs > (options.unusedForMs ?? Infinity) ||
      keptBytes > (options.atMostBytes ?? Infinity);
    if (!unwanted || !(await removed(store, file))) continue;
    keptBytes -= file.size;
    removedBytes += file.size;
    removedFiles += 1;
  }
  return { removedFiles, removedBytes, keptFiles: files.length - removedFiles, keptBytes };
}

/** Looks once more: another process may have begun to use it since. */
async function removed(store: Store, { path, lastUseMs }: StoredFile): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || stats.mtimeMs !== lastUseMs) return false;
  await rm(path, { force: true }).catch((cause: unknown) => {
    throw storeFailure(store.folder, cause);
  });
  return true;
}
