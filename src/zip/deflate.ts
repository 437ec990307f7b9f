import { deflateSync } from "fflate";
import type { HeldBytes } from "./compressed.ts";
import { crc32 } from "./crc32.ts";
import { methods, type Method } from "./format.ts";

/**
 * Compress bytes to the same bytes on every machine, whatever zlib it has; stored where that is not longer.
 * `mem` is pinned (a table of 2¹⁵ places): fflate would choose it with `Math.log`, in whose last digit engines differ.
 */
export function deflate(bytes: Uint8Array): {
  readonly method: Method;
  readonly compressed: Uint8Array;
} {
  if (bytes.length === 0) return { method: methods.stored, compressed: bytes };
  const deflated = deflateSync(bytes, { level: 9, mem: 3 });
  if (deflated.length < bytes.length) return { method: methods.deflated, compressed: deflated };
  return { method: methods.stored, compressed: bytes };
}

/** As `deflate`, with all that an entry's headers say of the bytes. */
export function deflated(bytes: Uint8Array): HeldBytes {
  const { method, compressed } = deflate(bytes);
  const compressedSize = compressed.length;
  return { method, crc32: crc32(bytes), size: bytes.length, compressedSize, compressed };
}
