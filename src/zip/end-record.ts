import { TouchdownError } from "../errors.ts";
import { endRecord, full16, full32, zip64EndRecord, zip64Locator } from "./format.ts";
import { asBuffer, type ZipSource } from "./source.ts";

/** Where the central directory is; `offset` and `size` in bytes. */
export type Directory = {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
};

/**
 * Find the central directory from the end of the zip, zip64 or not, with or without a comment.
 *
 * @throws ZIP_FORMAT, ZIP_TRUNCATED
 * @source APPNOTE 6.3.10 §4.3.14–16
 */
export async function findDirectory(zip: ZipSource): Promise<Directory> {
  const tailOffset = Math.max(0, zip.size - endRecord.length - full16);
  const tail = asBuffer(await zip.read(tailOffset, zip.size - tailOffset));
  const at = endRecordIn(tail);
  if (at === undefined) {
    throw new TouchdownError(
      "ZIP_TRUNCATED",
      "the zip has no end record: it is cut short, or not a zip",
    );
  }
  const position = tailOffset + at;
  const directory = {
    entries: tail.readUInt16LE(at + 10), //     10  total entries
    size: tail.readUInt32LE(at + 12), //        12  size of the central directory
    offset: tail.readUInt32LE(at + 16), //      16  its offset
  };
  // 4  number of this disk · 6  disk where the central directory starts · 8  entries on this disk
  const disks = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)];
  const onDisk = tail.readUInt16LE(at + 8);
  const zip64 = await readZip64(zip, position);
  if (zip64 !== undefined) return agreeing(directory, zip64);
  if (disks.some((disk) => disk !== 0) || onDisk !== directory.entries) throw manyDisks();
  return ending(directory, position);
}

/** The last end record whose comment (20: its length, 22: its text) ends where the zip ends. */
function endRecordIn(tail: Buffer): number | undefined {
  for (let at = tail.length - endRecord.length; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endRecord.signature) continue;
    if (at + endRecord.length + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  return undefined;
}

async function readZip64(zip: ZipSource, endPosition: number): Promise<Directory | undefined> {
  const locatorPosition = endPosition - zip64Locator.length;
  if (locatorPosition < 0) return undefined;
  const locator = asBuffer(await zip.read(locatorPosition, zip64Locator.length));
  if (locator.readUInt32LE(0) !== zip64Locator.signature) return undefined;
  const position = safeNumber(locator.readBigUInt64LE(8)); // 8  offset of the zip64 end record
  const record = asBuffer(await zip.read(position, zip64EndRecord.length));
  if (
    record.length < zip64EndRecord.length ||
    record.readUInt32LE(0) !== zip64EndRecord.signature
  ) {
    throw new TouchdownError(
      "ZIP_FORMAT",
      `the zip64 end record is not at byte ${position}, where its locator points`,
    );
  }
  // 16  this disk · 20  disk where the central directory starts · 24  entries on this disk
  if (record.readUInt32LE(16) !== 0 || record.readUInt32LE(20) !== 0) throw manyDisks();
  const directory = {
    entries: safeNumber(record.readBigUInt64LE(32)), // 32  total entries
    size: safeNumber(record.readBigUInt64LE(40)), //    40  size of the central directory
    offset: safeNumber(record.readBigUInt64LE(48)), //  48  its offset
  };
  return ending(directory, position);
}

/** What fits into the old record must be the same in both, or two programs would see two zips. */
function agreeing(old: Directory, zip64: Directory): Directory {
  const agrees =
    (old.entries === full16 || old.entries === zip64.entries) &&
    (old.size === full32 || old.size === zip64.size) &&
    (old.offset === full32 || old.offset === zip64.offset);
  if (agrees) return zip64;
  throw new TouchdownError("ZIP_FORMAT", "the zip's two end records contradict each other");
}

function ending(directory: Directory, position: number): Directory {
  const end = directory.offset + directory.size;
  if (end === position) return directory;
  throw new TouchdownError(
    end > position ? "ZIP_TRUNCATED" : "ZIP_FORMAT",
    `the zip's central directory ends at byte ${end}, but its end record is at byte ${position}`,
  );
}

function manyDisks(): TouchdownError {
  return new TouchdownError("ZIP_FORMAT", "the zip is spread over several disks");
}

/** @throws ZIP_FORMAT beyond 2⁵³ */
export function safeNumber(value: bigint): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw new TouchdownError("ZIP_FORMAT", `the zip has a size or an offset of ${value} bytes`);
}
