import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "../host/system-error.ts";
import { isBucket, lockBucket } from "./layout.ts";

export type StoredFile = {
  readonly bucket: string;
  /** `undefined` for what is no one's: a file half written when its process was killed, a lock. */
  readonly key: string | undefined;
  readonly path: string;
  readonly size: number;
  readonly lastUseMs: number;
};

/**
 * Every file in the store's buckets, those of other versions of touchdown among them. What else is in the store's
 * folder is not touchdown's business.
 *
 * @throws STORE_READ
 */
export async function storedFiles(folder: string): Promise<readonly StoredFile[]> {
  const files: StoredFile[] = [];
  for (const { name: bucket } of await list(folder)) {
    if (!isBucket(bucket)) continue;
    const place = join(folder, bucket);
    for (const entry of await list(place)) {
      if (entry.isFile())
        files.push(...(await describe({ bucket, key: keyOf(bucket, entry.name) }, place, entry)));
      if (!entry.isDirectory()) continue;
      for (const inner of await list(join(place, entry.name))) {
        const key = isHalf(inner.name) ? undefined : `${entry.name}${inner.name}`;
        files.push(...(await describe({ bucket, key }, join(place, entry.name), inner)));
      }
    }
  }
  return files;
}

/** Of what is not put in by a store, but kept beside it by its name: compiled code. */
function keyOf(bucket: string, name: string): string | undefined {
  return bucket === lockBucket || isHalf(name) ? undefined : name;
}

/** No key begins with a dot, and what is written and then renamed ends like this. */
function isHalf(name: string): boolean {
  return name.startsWith(".") || name.endsWith(".tmp");
}

async function describe(
  known: Pick<StoredFile, "bucket" | "key">,
  folder: string,
  entry: Dirent,
): Promise<StoredFile[]> {
  const path = join(folder, entry.name);
  // another process may have removed it since
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile()) return [];
  return [{ ...known, path, size: stats.size, lastUseMs: stats.mtimeMs }];
}

/** What is not there, or is a file, has nothing in it. */
async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if (errorName(cause) === "ENOENT" || errorName(cause) === "ENOTDIR") return [];
    const message = `cannot read the store ${folder}: ${systemReason(cause)}`;
    throw new TouchdownError("STORE_READ", message, { cause });
  }
}
