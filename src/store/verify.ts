import { open, rm } from "node:fs/promises";
import { sha256File } from "../host/files.ts";
import { decodeRecord, isRecord } from "./record-format.ts";
import { storedFiles, type StoredFile } from "./stored-files.ts";
import type { Store } from "./store.ts";

export type DamagedFile = {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
  /** In words: `sha256 is …`. */
  readonly reason: string;
  /** `false` where the store can't be written. */
  readonly removed: boolean;
};

export type Verified = {
  readonly checkedFiles: number;
  readonly damaged: readonly DamagedFile[];
};

/**
 * Read the whole store and remove what is damaged: what is not what its name says in the given buckets, whose keys
 * are the sha256 of what is under them, and records that contradict their checksum anywhere.
 *
 * @throws STORE_READ
 */
export async function verify(store: Store, contentBuckets: readonly string[]): Promise<Verified> {
  const damaged: DamagedFile[] = [];
  let checkedFiles = 0;
  for (const file of await storedFiles(store.folder)) {
    const { bucket, key, path } = file;
    if (key === undefined) continue;
    const named = { ...file, key };
    const check = contentBuckets.includes(bucket) ? contentDamage(named) : recordDamage(named);
    // what can't be read is as bad as damaged: it is in the way of being made again
    const reason = await check.catch((error: unknown) => String((error as Error).message));
    if (reason === "unchecked") continue;
    checkedFiles += 1;
    if (reason === undefined) continue;
    const removed = await rm(path, { force: true }).then(
      () => true,
      () => false,
    );
    damaged.push({ bucket, key, path, reason, removed });
  }
  return { checkedFiles, damaged };
}

type Named = StoredFile & { readonly key: string };

async function contentDamage({ path, key }: Named): Promise<string | undefined> {
  const sha256 = await sha256File(path);
  // removed meanwhile
  if (sha256 === undefined) return "unchecked";
  return sha256 === key ? undefined : `its sha256 is ${sha256}`;
}

/** Files of other buckets are no records, and have no name to be checked against. */
async function recordDamage({ path, bucket, key, size }: Named): Promise<string | undefined> {
  const handle = await open(path);
  try {
    const start = Buffer.alloc(Math.min(size, 64));
    await handle.read(start, 0, start.length, 0);
    if (!isRecord(start)) return "unchecked";
    const record = decodeRecord(`${bucket}/${key}`, await handle.readFile());
    return record === undefined ? "it contradicts its checksum" : undefined;
  } finally {
    await handle.close();
  }
}
