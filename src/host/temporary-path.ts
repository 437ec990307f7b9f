import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";

/** Of this process: random bytes cost as much as a small write, so that they are asked for once. */
let unique: string | undefined;
let count = 0;

/**
 * Where to write what is then renamed to `path`: beside it, so on the same file system, as `.six.3f9a….0.tmp`, which no
 * other process uses and no key of the store begins as.
 */
export function temporaryPath(path: string): string {
  unique ??= randomBytes(6).toString("hex");
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${unique}.${count++}.tmp`);
}
