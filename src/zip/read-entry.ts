import { TouchdownError } from "../errors.ts";
import { flags, full32, localHeader } from "./format.ts";
import type { ZipEntry } from "./read.ts";
import { asBuffer, bytesSource, type ZipSource } from "./source.ts";
import { unpackSync } from "./unpack.ts";

/**
 * An entry's bytes, uncompressed and checked.
 *
 * @throws ZIP_CRC, ZIP_DATA, ZIP_LOCAL_HEADER, ZIP_OVERLAP, ZIP_SIZE, ZIP_TRUNCATED
 */
export async function readEntry(zip: Uint8Array | ZipSource, entry: ZipEntry): Promise<Uint8Array> {
  return unpackSync(await readCompressed(zip, entry), entry);
}

/**
 * An entry's bytes as they are in the zip, to be copied into another. They are not unpacked, so neither their checksum
 * nor their size is checked: only take them from a zip whose own hash is known.
 *
 * @throws ZIP_LOCAL_HEADER, ZIP_OVERLAP, ZIP_TRUNCATED
 */
export async function readCompressed(
  zip: Uint8Array | ZipSource,
  entry: ZipEntry,
): Promise<Uint8Array> {
  const source = zip instanceof Uint8Array ? bytesSource(zip) : zip;
  const bytes = asBuffer(
    await source.read(entry.localHeaderOffset, entry.end - entry.localHeaderOffset),
  );
  const start = dataStart(bytes, entry);
  if (start + entry.compressedSize > bytes.length) throw truncated(entry);
  return bytes.subarray(start, start + entry.compressedSize);
}

/**
 * Where in the zip an entry's compressed bytes begin, once its own header is found to agree with the directory.
 *
 * @throws ZIP_LOCAL_HEADER, ZIP_OVERLAP, ZIP_TRUNCATED
 */
export async function findData(source: ZipSource, entry: ZipEntry): Promise<number> {
  const least = localHeader.length + Buffer.byteLength(entry.path);
  const bytes = asBuffer(await source.read(entry.localHeaderOffset, least));
  return entry.localHeaderOffset + dataStart(bytes, entry);
}

function dataStart(bytes: Buffer, entry: ZipEntry): number {
  const start = checkLocalHeader(bytes, entry);
  if (entry.localHeaderOffset + start + entry.compressedSize <= entry.end) return start;
  throw new TouchdownError(
    "ZIP_OVERLAP",
    `zip entry ${JSON.stringify(entry.path)} reaches into what follows it`,
  );
}

/** Where the data starts. @source APPNOTE 6.3.10 §4.3.7 */
function checkLocalHeader(bytes: Buffer, entry: ZipEntry): number {
  if (bytes.length < localHeader.length) throw truncated(entry);
  const nameLength = bytes.readUInt16LE(26); //  26  file name length
  const extraLength = bytes.readUInt16LE(28); // 28  extra field length
  const name = bytes.subarray(localHeader.length, localHeader.length + nameLength);
  const flag = bytes.readUInt16LE(6); //          6  general purpose bit flag
  // with flag 3 these may be zero here and follow the data instead (§4.4.4); with zip64 the sizes are full
  const later = (flag & flags.dataDescriptor) !== 0 ? [0] : [];
  const agreed: readonly [what: string, local: number, central: readonly number[]][] = [
    ["signature", bytes.readUInt32LE(0), [localHeader.signature]],
    ["encryption", flag & flags.encrypted, [0]],
    ["method", bytes.readUInt16LE(8), [entry.method]],
    ["checksum", bytes.readUInt32LE(14), [entry.crc32, ...later]],
    ["compressed size", bytes.readUInt32LE(18), [entry.compressedSize, full32, ...later]],
    ["size", bytes.readUInt32LE(22), [entry.size, full32, ...later]],
  ];
  const contradicted = agreed.find(([, local, central]) => !central.includes(local));
  if (contradicted !== undefined) throw contradiction(entry, contradicted[0]);
  if (!name.equals(Buffer.from(entry.path))) throw contradiction(entry, "name");
  return localHeader.length + nameLength + extraLength;
}

function contradiction(entry: ZipEntry, what: string): TouchdownError {
  const message = `zip entry ${JSON.stringify(entry.path)} has another ${what} in its own header than in the directory`;
  return new TouchdownError("ZIP_LOCAL_HEADER", message);
}

function truncated(entry: ZipEntry): TouchdownError {
  return new TouchdownError(
    "ZIP_TRUNCATED",
    `the zip ends within entry ${JSON.stringify(entry.path)}`,
  );
}
