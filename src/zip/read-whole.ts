import { readSync } from "node:fs";

/**
 * Fill `target` from a file, from `offset` on.
 *
 * @returns whether there were as many bytes
 * @throws what the system says
 */
export function readWhole(file: number, target: Uint8Array, offset: number): boolean {
  for (let at = 0; at < target.length;) {
    const count = readSync(file, target, at, target.length - at, offset + at);
    if (count === 0) return false;
    at += count;
  }
  return true;
}
