import * as format from "./format.ts";
import type { CompressedEntry } from "./format.ts";

export type PlacedEntry = Omit<CompressedEntry, "path"> & {
  readonly name: Uint8Array;
  readonly mode: 0o644 | 0o755;
  readonly localHeaderOffset: number;
};

/** §4.4.6: MS-DOS knows no time before 1980-01-01 00:00: year 0, month 1, day 1. */
const dosDate = (0 << 9) | (1 << 5) | 1;
const dosTime = 0;

/** §4.4.2, §4.4.3: 6.3 says how the names are encoded; to extract, 1.0, 2.0 (deflate) or 4.5 (zip64) is needed. */
const madeBy = (format.unix << 8) | 63;

/**
 * The header before an entry's data, its name and zip64 field included.
 *
 * @source APPNOTE 6.3.10 §4.3.7
 */
export function localHeaderBytes(entry: PlacedEntry): Uint8Array {
  // both sizes are in the zip64 field when one is (§4.5.3)
  const long = hasLongSize(entry);
  const extra = zip64Extra(long ? [entry.size, entry.compressedSize] : []);
  const bytes = Buffer.alloc(format.localHeader.length);
  bytes.writeUInt32LE(format.localHeader.signature, 0);
  bytes.writeUInt16LE(versionNeeded(entry, long), 4);
  writeShared(bytes.subarray(6), entry, extra.length); //                   6–30
  return Buffer.concat([bytes, entry.name, extra]);
}

/**
 * The entry in the central directory.
 *
 * @source APPNOTE 6.3.10 §4.3.12
 */
export function centralHeaderBytes(entry: PlacedEntry): Uint8Array {
  const longSize = hasLongSize(entry);
  const longOffset = entry.localHeaderOffset >= format.full32;
  const sizes = longSize ? [entry.size, entry.compressedSize] : [];
  const extra = zip64Extra(longOffset ? [...sizes, entry.localHeaderOffset] : sizes);
  const bytes = Buffer.alloc(format.centralHeader.length);
  bytes.writeUInt32LE(format.centralHeader.signature, 0);
  bytes.writeUInt16LE(madeBy, 4); //                                         4  version made by
  bytes.writeUInt16LE(versionNeeded(entry, longSize || longOffset), 6);
  writeShared(bytes.subarray(8), entry, extra.length); //                    8–32
  // 32  comment length, 34  disk, 36  internal attributes: 0
  bytes.writeUInt32LE(((0o100000 | entry.mode) << 16) >>> 0, 38); //        38  external attributes: a regular file
  bytes.writeUInt32LE(Math.min(entry.localHeaderOffset, format.full32), 42);
  return Buffer.concat([bytes, entry.name, extra]);
}

/**
 * What ends the zip, with the zip64 record and its locator where they are needed.
 *
 * @source APPNOTE 6.3.10 §4.3.14–16
 */
export function endBytes(directory: { entries: number; size: number; offset: number }): Uint8Array {
  const { entries, size, offset } = directory;
  const end = Buffer.alloc(format.endRecord.length);
  end.writeUInt32LE(format.endRecord.signature, 0);
  // 4  this disk, 6  disk of the central directory, 20  comment length: 0
  end.writeUInt16LE(Math.min(entries, format.full16), 8); //                 8  entries on this disk
  end.writeUInt16LE(Math.min(entries, format.full16), 10); //               10  entries
  end.writeUInt32LE(Math.min(size, format.full32), 12); //                  12  size of the central directory
  end.writeUInt32LE(Math.min(offset, format.full32), 16); //                16  its offset
  if (entries < format.full16 && size < format.full32 && offset < format.full32) return end;

  const record = Buffer.alloc(format.zip64EndRecord.length);
  record.writeUInt32LE(format.zip64EndRecord.signature, 0);
  record.writeBigUInt64LE(BigInt(record.length - 12), 4); //                 4  size of what follows this field
  record.writeUInt16LE(madeBy, 12);
  record.writeUInt16LE(45, 14); //                                          14  version needed
  // 16  this disk, 20  disk of the central directory: 0
  record.writeBigUInt64LE(BigInt(entries), 24); //                          24  entries on this disk
  record.writeBigUInt64LE(BigInt(entries), 32); //                          32  entries
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(format.zip64Locator.length);
  locator.writeUInt32LE(format.zip64Locator.signature, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8); //                     8  offset of the zip64 end record
  locator.writeUInt32LE(1, 16); //                                          16  number of disks
  return Buffer.concat([record, locator, end]);
}

/** The fields that both headers share, in the same order, from the flag to the extra field's length. */
function writeShared(bytes: Buffer, entry: PlacedEntry, extraLength: number): void {
  const long = hasLongSize(entry);
  // a name of ASCII alone means the same in every code page, and needs no flag
  const flag = entry.name.some((byte) => byte > 0x7f) ? format.flags.utf8 : 0;
  bytes.writeUInt16LE(flag, 0); //                                             general purpose bit flag
  bytes.writeUInt16LE(entry.method, 2);
  bytes.writeUInt16LE(dosTime, 4);
  bytes.writeUInt16LE(dosDate, 6);
  bytes.writeUInt32LE(entry.crc32, 8);
  bytes.writeUInt32LE(long ? format.full32 : entry.compressedSize, 12);
  bytes.writeUInt32LE(long ? format.full32 : entry.size, 16);
  bytes.writeUInt16LE(entry.name.length, 20);
  bytes.writeUInt16LE(extraLength, 22);
}

function versionNeeded(entry: PlacedEntry, zip64: boolean): number {
  if (zip64) return 45;
  return entry.method === format.methods.deflated ? 20 : 10;
}

function hasLongSize(entry: PlacedEntry): boolean {
  return entry.size >= format.full32 || entry.compressedSize >= format.full32;
}

/** §4.5.3: id, length of the data, then the values, of eight bytes each. */
function zip64Extra(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array();
  const bytes = Buffer.alloc(4 + 8 * values.length);
  bytes.writeUInt16LE(format.zip64ExtraId, 0);
  bytes.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 4 + 8 * index));
  return bytes;
}
