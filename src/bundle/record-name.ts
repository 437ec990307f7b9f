import { sha256Hex } from "../host/sha256.ts";

/** A file name for a key of any text: 32 hex digits. */
export function recordName(key: string): string {
  return sha256Hex(key).slice(0, 32);
}
