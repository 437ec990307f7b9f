import * as zlib from "node:zlib";

/**
 * The CRC-32 of bytes, as an unsigned number.
 *
 * @param previous  the CRC of what came before, to go on from
 * @source APPNOTE 6.3.10 §4.4.7
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  // Node has one since 20.15 and 22.2; 21 has none
  return zlib.crc32 === undefined ? crc32ByTable(bytes, previous) : zlib.crc32(bytes, previous);
}

/** As `crc32`, in JavaScript alone. */
export function crc32ByTable(bytes: Uint8Array, previous = 0): number {
  const byByte = (table ??= makeTable());
  let crc = ~previous;
  for (const byte of bytes) crc = (byByte[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Made when it is first asked for: hardly ever, and it takes a millisecond. */
let table: Int32Array | undefined;

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}
