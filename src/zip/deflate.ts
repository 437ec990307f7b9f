import { BitWriter } from "./bit-writer.ts";
import type { HeldBytes } from "./compressed.ts";
import { crc32 } from "./crc32.ts";
import { writeBlock } from "./deflate-block.ts";
import { methods, type Method } from "./format.ts";
import { Lz77 } from "./lz77.ts";

/**
 * Compress bytes to the same bytes on every machine, whatever zlib it has; stored where that is not longer.
 *
 * Ours, because the same bytes are needed for good, from the first call in a process on: of the packages at hand one
 * gives 2–4 % more than `zip -9` and takes 10 ms to load, the other takes five times as long for a file of 50 kB.
 */
export function deflate(bytes: Uint8Array): {
  readonly method: Method;
  readonly compressed: Uint8Array;
} {
  if (bytes.length === 0) return { method: methods.stored, compressed: bytes };
  const deflated = deflateRaw(bytes);
  if (deflated.length < bytes.length) return { method: methods.deflated, compressed: deflated };
  return { method: methods.stored, compressed: bytes };
}

/** As `deflate`, with all that an entry's headers say of the bytes. */
export function deflated(bytes: Uint8Array): HeldBytes {
  const { method, compressed } = deflate(bytes);
  const compressedSize = compressed.length;
  return { method, crc32: crc32(bytes), size: bytes.length, compressedSize, compressed };
}

/** Bytes are deflated in pieces of this many, so that a file need not be in memory as a whole. */
export const pieceSize = 8 * 1024 * 1024;

/**
 * A piece in the format of deflate. The pieces of a file, one after the other, are the deflated file.
 *
 * @param options.last  whether the file ends here
 */
export function deflatePiece(bytes: Uint8Array, options: { readonly last: boolean }): Uint8Array {
  const out = new BitWriter(bytes.length >> 2);
  const lz77 = new Lz77(bytes);
  let from = 0;
  do {
    const count = lz77.next();
    const to = lz77.position;
    writeBlock(out, lz77.tokens.subarray(0, count), {
      bytes: bytes.subarray(from, to),
      last: options.last && to === bytes.length,
    });
    from = to;
  } while (from < bytes.length);
  if (!options.last) writeBlock(out, new Uint32Array(), { bytes: new Uint8Array(), last: false });
  return out.finish();
}

function deflateRaw(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) {
    const last = at + pieceSize >= bytes.length;
    pieces.push(deflatePiece(bytes.subarray(at, at + pieceSize), { last }));
  }
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
