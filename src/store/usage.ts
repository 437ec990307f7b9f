import { storedFiles } from "./stored-files.ts";
import type { Store } from "./store.ts";

export type BucketUsage = {
  readonly bucket: string;
  readonly files: number;
  readonly bytes: number;
};

/** How much the store holds, the biggest bucket first. @throws STORE_READ */
export async function usage(store: Store): Promise<readonly BucketUsage[]> {
  const buckets = new Map<string, { files: number; bytes: number }>();
  for (const { bucket, size } of await storedFiles(store.folder)) {
    const sum = buckets.get(bucket) ?? { files: 0, bytes: 0 };
    buckets.set(bucket, { files: sum.files + 1, bytes: sum.bytes + size });
  }
  return [...buckets]
    .map(([bucket, sum]) => ({ bucket, ...sum }))
    .toSorted((a, b) => b.bytes - a.bytes || (a.bucket < b.bucket ? -1 : 1));
}
