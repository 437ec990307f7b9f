import type { ZipSource } from "./source.ts";

/**
 * The same bytes, read in long pieces: for whoever reads many short ones one after the other.
 *
 * @param pieceLength  in bytes; default 1 MiB
 */
export function readAhead(source: ZipSource, pieceLength = 1024 * 1024): ZipSource {
  let held: { readonly offset: number; readonly bytes: Uint8Array } = {
    offset: 0,
    bytes: new Uint8Array(),
  };
  const inHeld = (offset: number, length: number): Uint8Array | undefined => {
    const start = offset - held.offset;
    if (start < 0 || start + length > held.bytes.length) return undefined;
    return held.bytes.subarray(start, start + length);
  };
  return {
    size: source.size,
    async read(offset, length) {
      const known = inHeld(offset, length);
      if (known !== undefined) return known;
      if (length >= pieceLength) return source.read(offset, length);
      // never written to again: what was handed out stays true
      held = { offset, bytes: await source.read(offset, pieceLength) };
      return held.bytes.subarray(0, length);
    },
  };
}
