import { sep } from "node:path";

/** Where locks are; looks like a bucket, so that `prune` clears away what killed processes left. */
export const lockBucket = "locks-v1";

/** Lower case, and a version at the end: nothing else in the store's folder is touched. */
export function isBucket(name: string): boolean {
  return /^[a-z]+(?:-[a-z]+)*-v\d+$/.test(name);
}

/** The place of a key in its bucket, relative: no folder grows beyond a 256th of all. */
export function keyPlace(key: string): string {
  // one case only: on macOS and Windows, names that differ by case are one file
  if (!/^[0-9a-f]{2}[0-9a-z_+-][0-9a-z._+-]{0,200}$/.test(key)) {
    throw new Error(`not a key of the store: ${JSON.stringify(key)}`);
  }
  return `${key.slice(0, 2)}${sep}${key.slice(2)}`;
}
