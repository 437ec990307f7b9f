import zlib from "node:zlib";

/**
 * The CRC-32 of bytes, as an unsigned number.
 *
 * @param previous  the CRC of what came before, to go on from
 * @source APPNOTE 6.3.10 §4.4.7
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  if (begun <= few) {
    begun += bytes.length;
    if (begun <= few) return crc32ByTable(bytes, previous);
  }
  // Node has one since 20.15 and 22.2; 21 has none
  return zlib.crc32 === undefined ? crc32ByTable(bytes, previous) : zlib.crc32(bytes, previous);
}

/** Bytes: the first of a process, such as an edited file, are done before node:zlib would be ready. */
const few = 2048;
let begun = 0;

/** As `crc32`, in JavaScript alone: half a byte at a time, for which a small table does. */
export function crc32ByTable(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let at = 0; at < bytes.length; at++) {
    crc ^= bytes[at] ?? 0;
    crc = (crc >>> 4) ^ (table[crc & 15] ?? 0);
    crc = (crc >>> 4) ^ (table[crc & 15] ?? 0);
  }
  return ~crc >>> 0;
}

const table = Int32Array.from({ length: 16 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 4; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
