/** A zip written just as it is told to, lies included: what `src/zip` must refuse can't be made with `src/zip`. */
import { crc32 } from "../../src/zip/crc32.ts";
import { deflate } from "../../src/zip/deflate.ts";
import * as format from "../../src/zip/format.ts";

/** What `path` and `bytes` give is filled in; what is said otherwise is written, true or not. */
export interface RawEntry {
  /** Written as UTF-8, with the flag where it is not ASCII; nothing is checked. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Unix mode with the file's type; default a regular file, 0o100644. A symbolic link is 0o120777. */
  readonly mode?: number;
  /** Default: deflated where that is shorter. Any other number is written, over stored bytes. */
  readonly method?: number;
  /** Added to the general purpose flags; encrypted is 1. */
  readonly flags?: number;
  readonly crc32?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  /** What follows the local header, in place of the compressed bytes. */
  readonly data?: Uint8Array;
  /** The name in the local header, where it is another than in the central directory. */
  readonly localPath?: string;
  /** Sizes and offset in zip64 fields, as honest programs also write small files. */
  readonly zip64?: boolean;
}

/** The zip of `entries`, in their order; the same bytes each time. `zip64` adds the zip64 end record. */
export function rawZip(
  entries: readonly RawEntry[],
  options: { readonly zip64?: boolean } = {},
): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const facts = factsOf(entry);
    const local = Buffer.concat([localHeaderOf(entry, facts), facts.data]);
    locals.push(local);
    centrals.push(centralHeaderOf(entry, facts, offset));
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const counts = { entries: entries.length, size: directory.length, offset };
  return Buffer.concat([...locals, directory, endOf(counts, options.zip64 ?? false)]);
}

interface Facts {
  readonly method: number;
  readonly flags: number;
  readonly crc32: number;
  readonly size: number;
  readonly compressedSize: number;
  readonly data: Uint8Array;
}

function factsOf(entry: RawEntry): Facts {
  const deflated = deflate(entry.bytes);
  const method = entry.method ?? deflated.method;
  const squeezed = method === format.methods.deflated ? deflated.compressed : entry.bytes;
  const data = entry.data ?? squeezed;
  const utf8 = /^[\0-\x7f]*$/.test(entry.path) ? 0 : format.flags.utf8;
  return {
    method,
    flags: utf8 | (entry.flags ?? 0),
    crc32: entry.crc32 ?? crc32(entry.bytes),
    size: entry.size ?? entry.bytes.length,
    compressedSize: entry.compressedSize ?? data.length,
    data,
  };
}

/** APPNOTE §4.3.7. */
function localHeaderOf(entry: RawEntry, facts: Facts): Buffer {
  const name = Buffer.from(entry.localPath ?? entry.path);
  const extra = entry.zip64 ? zip64Extra([facts.size, facts.compressedSize]) : Buffer.alloc(0);
  const header = Buffer.alloc(format.localHeader.length);
  header.writeUInt32LE(format.localHeader.signature, 0);
  header.writeUInt16LE(entry.zip64 ? 45 : 20, 4);
  writeShared(header.subarray(6), facts, { name, extra, zip64: entry.zip64 ?? false });
  return Buffer.concat([header, name, extra]);
}

/** APPNOTE §4.3.12. */
function centralHeaderOf(entry: RawEntry, facts: Facts, offset: number): Buffer {
  const name = Buffer.from(entry.path);
  const values = [facts.size, facts.compressedSize, offset];
  const extra = entry.zip64 ? zip64Extra(values) : Buffer.alloc(0);
  const header = Buffer.alloc(format.centralHeader.length);
  header.writeUInt32LE(format.centralHeader.signature, 0);
  header.writeUInt16LE((format.unix << 8) | 63, 4);
  header.writeUInt16LE(entry.zip64 ? 45 : 20, 6);
  writeShared(header.subarray(8), facts, { name, extra, zip64: entry.zip64 ?? false });
  header.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38);
  header.writeUInt32LE(entry.zip64 ? format.full32 : offset, 42);
  return Buffer.concat([header, name, extra]);
}

/** The fields that both headers share, from the flags on; every date is 1980-01-01. */
function writeShared(
  header: Buffer,
  facts: Facts,
  { name, extra, zip64 }: { name: Buffer; extra: Buffer; zip64: boolean },
): void {
  header.writeUInt16LE(facts.flags, 0);
  header.writeUInt16LE(facts.method, 2);
  header.writeUInt16LE((1 << 5) | 1, 6);
  header.writeUInt32LE(facts.crc32, 8);
  header.writeUInt32LE(zip64 ? format.full32 : facts.compressedSize, 12);
  header.writeUInt32LE(zip64 ? format.full32 : facts.size, 16);
  header.writeUInt16LE(name.length, 20);
  header.writeUInt16LE(extra.length, 22);
}

/** APPNOTE §4.5.3. */
function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(format.zip64ExtraId, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries())
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return extra;
}

/** APPNOTE §4.3.14–16. */
function endOf(counts: { entries: number; size: number; offset: number }, zip64: boolean): Buffer {
  const end = Buffer.alloc(format.endRecord.length);
  end.writeUInt32LE(format.endRecord.signature, 0);
  end.writeUInt16LE(zip64 ? format.full16 : counts.entries, 8);
  end.writeUInt16LE(zip64 ? format.full16 : counts.entries, 10);
  end.writeUInt32LE(zip64 ? format.full32 : counts.size, 12);
  end.writeUInt32LE(zip64 ? format.full32 : counts.offset, 16);
  if (!zip64) return end;
  const record = Buffer.alloc(format.zip64EndRecord.length);
  record.writeUInt32LE(format.zip64EndRecord.signature, 0);
  record.writeBigUInt64LE(BigInt(record.length - 12), 4);
  record.writeUInt16LE((format.unix << 8) | 63, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(counts.entries), 24);
  record.writeBigUInt64LE(BigInt(counts.entries), 32);
  record.writeBigUInt64LE(BigInt(counts.size), 40);
  record.writeBigUInt64LE(BigInt(counts.offset), 48);
  const locator = Buffer.alloc(format.zip64Locator.length);
  locator.writeUInt32LE(format.zip64Locator.signature, 0);
  locator.writeBigUInt64LE(BigInt(counts.offset + counts.size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end]);
}
