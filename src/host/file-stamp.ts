import type { BigIntStats } from "node:fs";

/**
 * Of a file's size, times and inode: while it stays the same, so does what the file says. The time of the last change
 * (ctime) counts too: it can't be set back, as the time of the contents (mtime) can.
 */
export function stampOf(stats: BigIntStats): string {
  return `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino}`;
}

const racyNs = 2_000_000_000n;

/**
 * Whether any later change would show in the stamp. What was changed less than two seconds before it is read could be
 * changed again within the same tick of its file system's clock (2 s on FAT), to the same size. That is git's rule for
 * an index entry that is “racily clean”.
 *
 * @param nowNs  when reading began, nanoseconds since 1970
 * @source git's Documentation/technical/racy-git.txt
 */
export function isLasting({ mtimeNs, ctimeNs }: BigIntStats, nowNs: bigint): boolean {
  return (mtimeNs > ctimeNs ? mtimeNs : ctimeNs) < nowNs - racyNs;
}

/** Nanoseconds since 1970, by the clock that file systems take their times from. */
export function nowInNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
