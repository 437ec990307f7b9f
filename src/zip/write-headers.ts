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
  const header = new DataView(new ArrayBuffer(format.localHeader.length));
  header.setUint32(0, format.localHeader.signature, true);
  header.setUint16(4, versionNeeded(entry, long), true);
  writeShared(header, 6, { entry, extraLength: extra.length }); //                 6–30
  return Buffer.concat([bytesOf(header), entry.name, extra]);
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
  const header = new DataView(new ArrayBuffer(format.centralHeader.length));
  header.setUint32(0, format.centralHeader.signature, true);
  header.setUint16(4, madeBy, true); //                                            4  version made by
  header.setUint16(6, versionNeeded(entry, longSize || longOffset), true);
  writeShared(header, 8, { entry, extraLength: extra.length }); //                 8–32
  // 32  comment length, 34  disk, 36  internal attributes: 0
  header.setUint32(38, ((0o100000 | entry.mode) << 16) >>> 0, true); //           38  external attributes: a regular file
  header.setUint32(42, Math.min(entry.localHeaderOffset, format.full32), true);
  return Buffer.concat([bytesOf(header), entry.name, extra]);
}

/**
 * What ends the zip, with the zip64 record and its locator where they are needed.
 *
 * @source APPNOTE 6.3.10 §4.3.14–16
 */
export function endBytes(directory: { entries: number; size: number; offset: number }): Uint8Array {
  const { entries, size, offset } = directory;
  const end = new DataView(new ArrayBuffer(format.endRecord.length));
  end.setUint32(0, format.endRecord.signature, true);
  // 4  this disk, 6  disk of the central directory, 20  comment length: 0
  end.setUint16(8, Math.min(entries, format.full16), true); //                     8  entries on this disk
  end.setUint16(10, Math.min(entries, format.full16), true); //                   10  entries
  end.setUint32(12, Math.min(size, format.full32), true); //                      12  size of the central directory
  end.setUint32(16, Math.min(offset, format.full32), true); //                    16  its offset
  if (entries < format.full16 && size < format.full32 && offset < format.full32)
    return bytesOf(end);

  const record = new DataView(new ArrayBuffer(format.zip64EndRecord.length));
  record.setUint32(0, format.zip64EndRecord.signature, true);
  record.setBigUint64(4, BigInt(record.byteLength - 12), true); //                 4  size of what follows this field
  record.setUint16(12, madeBy, true);
  record.setUint16(14, 45, true); //                                              14  version needed
  // 16  this disk, 20  disk of the central directory: 0
  record.setBigUint64(24, BigInt(entries), true); //                              24  entries on this disk
  record.setBigUint64(32, BigInt(entries), true); //                              32  entries
  record.setBigUint64(40, BigInt(size), true);
  record.setBigUint64(48, BigInt(offset), true);
  const locator = new DataView(new ArrayBuffer(format.zip64Locator.length));
  locator.setUint32(0, format.zip64Locator.signature, true);
  locator.setBigUint64(8, BigInt(offset + size), true); //                         8  offset of the zip64 end record
  locator.setUint32(16, 1, true); //                                              16  number of disks
  return Buffer.concat([record, locator, end].map(bytesOf));
}

/** The fields that both headers share, in the same order, from the flag to the extra field's length. */
function writeShared(
  header: DataView,
  at: number,
  { entry, extraLength }: { readonly entry: PlacedEntry; readonly extraLength: number },
): void {
  const long = hasLongSize(entry);
  // a name of ASCII alone means the same in every code page, and needs no flag
  const flag = entry.name.some((byte) => byte > 0x7f) ? format.flags.utf8 : 0;
  header.setUint16(at, flag, true); //                                              general purpose bit flag
  header.setUint16(at + 2, entry.method, true);
  header.setUint16(at + 4, dosTime, true);
  header.setUint16(at + 6, dosDate, true);
  header.setUint32(at + 8, entry.crc32, true);
  header.setUint32(at + 12, long ? format.full32 : entry.compressedSize, true);
  header.setUint32(at + 16, long ? format.full32 : entry.size, true);
  header.setUint16(at + 20, entry.name.length, true);
  header.setUint16(at + 22, extraLength, true);
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
  const extra = new DataView(new ArrayBuffer(4 + 8 * values.length));
  extra.setUint16(0, format.zip64ExtraId, true);
  extra.setUint16(2, 8 * values.length, true);
  values.forEach((value, index) => extra.setBigUint64(4 + 8 * index, BigInt(value), true));
  return bytesOf(extra);
}

/** Fields are written through a DataView: its calls are the engine's own, fast also before the code around them is compiled. */
function bytesOf({ buffer }: DataView): Uint8Array {
  return new Uint8Array(buffer);
}
