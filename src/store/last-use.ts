import { utimesSync } from "node:fs";

const dayMs = 24 * 60 * 60 * 1000;

/** The last use is the file's mtime, set once a day at most: reading stays reading. */
export function noteUse(path: string, mtimeMs: number): void {
  const nowMs = Date.now();
  if (nowMs - mtimeMs < dayMs) return;
  try {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
  } catch {
    // a store that can only be read is used all the same
  }
}
