/** What is kept between builds: how much, what is old, what is damaged. */
import { zipBucket } from "../python/package-buckets.ts";
import { fetchedBuckets } from "../python/fetch/fetch-options.ts";
import { prune } from "../store/prune.ts";
import type { Pruned } from "../store/prune.ts";
import { openStore } from "../store/store.ts";
import { usage } from "../store/usage.ts";
import type { BucketUsage } from "../store/usage.ts";
import { verify } from "../store/verify.ts";
import type { Verified } from "../store/verify.ts";

export type { BucketUsage } from "../store/usage.ts";

export interface CacheSize {
  /** Absolute. */
  readonly folder: string;
  readonly buckets: readonly BucketUsage[];
}

export async function cacheSize(): Promise<CacheSize> {
  const store = await openStore();
  return { folder: store.folder, buckets: await usage(store) };
}

/** What was used within the last day stays in any case. */
export async function pruneCache(options: { readonly unusedForMs: number }): Promise<Pruned> {
  return prune(await openStore(), options);
}

/** What is damaged is removed, and made again when it is needed. */
export async function verifyCache(): Promise<Verified> {
  const { wheels, others } = fetchedBuckets;
  return verify(await openStore(), [zipBucket, wheels, others]);
}
