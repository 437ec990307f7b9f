import { utimesSync } from "node:fs";

export const dayMs = 24 * 60 * 60 * 1000;

/** What was last used less than this ago may be in use now: a use is noted once a day, and a run takes its time. */
export const inUseMs = dayMs + 60 * 60 * 1000;

/** The last use is the file's mtime, set once a day at most: reading stays reading. */
export function noteUse(path: string, mtimeMs: number): void {
  const nowMs = Date.now();
  if (nowMs - mtimeMs < dayMs) return;
  try {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
  } catch {
    // what can only be read is used all the same
  }
}
