import { createHash } from "node:crypto";

/** A file name for a key of any text: 32 hex digits. */
export function recordName(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}
