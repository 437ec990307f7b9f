import { TouchdownError } from "../errors.ts";
import { safeNumber } from "./end-record.ts";
import { checkEntryPath, isPlainPath } from "./entry-path.ts";
import * as format from "./format.ts";

export type CentralHeader = format.CompressedEntry & {
  /** A folder's path ends with `/`; a link's bytes are where it leads. */
  readonly type: "file" | "folder" | "link";
  /** The permission bits, 0 to 0o777; 0o644 where the zip was not made on Unix. */
  readonly mode: number;
  readonly localHeaderOffset: number;
  /** Of the path, in bytes. */
  readonly nameLength: number;
};

/**
 * Read the header that begins at `at` in the central directory.
 *
 * @returns  `length`: how many bytes it takes
 * @throws ZIP_ENCRYPTED, ZIP_FORMAT, ZIP_METHOD, ZIP_PATH, ZIP_TRUNCATED
 * @source APPNOTE 6.3.10 §4.3.12
 */
export function readCentralHeader(
  bytes: Buffer,
  at: number,
): { header: CentralHeader; length: number } {
  const truncated = (): TouchdownError =>
    new TouchdownError("ZIP_TRUNCATED", "the zip's central directory ends within an entry");
  if (at + format.centralHeader.length > bytes.length) throw truncated();
  if (bytes.readUInt32LE(at) !== format.centralHeader.signature) {
    throw new TouchdownError(
      "ZIP_FORMAT",
      "the zip's central directory is damaged: an entry has no signature",
    );
  }
  const nameLength = bytes.readUInt16LE(at + 28); //    28  file name length
  const extraLength = bytes.readUInt16LE(at + 30); //   30  extra field length
  const commentLength = bytes.readUInt16LE(at + 32); // 32  file comment length
  const nameAt = at + format.centralHeader.length; //   46  file name, extra field, comment
  const extraAt = nameAt + nameLength;
  const length = format.centralHeader.length + nameLength + extraLength + commentLength;
  if (at + length > bytes.length) throw truncated();
  const path = readPath(bytes, nameAt, extraAt);
  const method = supported(path, {
    flag: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
  });
  const extra = { start: extraAt, end: extraAt + extraLength };
  const { size, compressedSize, localHeaderOffset } = readSizes(path, bytes, { at, extra });
  const crc32 = bytes.readUInt32LE(at + 16); //         16  crc-32
  const { type, mode } = attributes(path, bytes.readUInt8(at + 5), bytes.readUInt32LE(at + 38));
  const header: CentralHeader = {
    path,
    type,
    mode,
    method,
    crc32,
    size,
    compressedSize,
    localHeaderOffset,
    nameLength,
  };
  return { header, length };
}

function readPath(bytes: Buffer, start: number, end: number): string {
  const latin1 = bytes.toString("latin1", start, end);
  if (isPlainPath(latin1)) return latin1;
  const path = decodePath(bytes.subarray(start, end));
  checkEntryPath(path);
  return path;
}

/** UTF-8 with flag 11 or without: Info-ZIP leaves it out, and only DOS still means its own code page by that. */
function decodePath(name: Buffer): string {
  try {
    return utf8.decode(name);
  } catch (cause) {
    const shown = JSON.stringify(name.toString("latin1"));
    throw new TouchdownError("ZIP_PATH", `zip entry ${shown} has a name that is not UTF-8`, {
      cause,
    });
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function supported(
  path: string,
  { flag, method }: { flag: number; method: number },
): format.Method {
  // 8  general purpose bit flag
  if ((flag & (format.flags.encrypted | format.flags.strongEncryption)) !== 0) {
    throw new TouchdownError("ZIP_ENCRYPTED", `zip entry ${JSON.stringify(path)} is encrypted`);
  }
  // 10  compression method
  if (method === format.methods.stored || method === format.methods.deflated) return method;
  const hint = "make the zip again with the deflate method";
  throw new TouchdownError(
    "ZIP_METHOD",
    `zip entry ${JSON.stringify(path)} is compressed by method ${method}`,
    { hint },
  );
}

type Sizes = Pick<CentralHeader, "size" | "compressedSize" | "localHeaderOffset">;

function readSizes(
  path: string,
  bytes: Buffer,
  { at, extra }: { at: number; extra: { readonly start: number; readonly end: number } },
): Sizes {
  const size = bytes.readUInt32LE(at + 24); //              24  uncompressed size
  const compressedSize = bytes.readUInt32LE(at + 20); //    20  compressed size
  const localHeaderOffset = bytes.readUInt32LE(at + 42); // 42  relative offset of local header
  const sizes = { size, compressedSize, localHeaderOffset };
  if (Math.max(size, compressedSize, localHeaderOffset) < format.full32) return sizes;
  return readZip64Sizes(path, sizes, bytes.subarray(extra.start, extra.end));
}

function readZip64Sizes(path: string, short: Sizes, extra: Buffer): Sizes {
  const zip64 = zip64Values(extra);
  // §4.5.3: the extra field holds, in this order, only those that are full in the header
  const value = (field: keyof Sizes): number => {
    if (short[field] !== format.full32) return short[field];
    const long = zip64.next().value;
    if (long !== undefined) return safeNumber(long);
    throw new TouchdownError(
      "ZIP_FORMAT",
      `zip entry ${JSON.stringify(path)} lacks its zip64 field`,
    );
  };
  const size = value("size");
  const compressedSize = value("compressedSize");
  const localHeaderOffset = value("localHeaderOffset");
  return { size, compressedSize, localHeaderOffset };
}

function* zip64Values(extra: Buffer): Generator<bigint, undefined> {
  // §4.5.1: each field has an id and the length of its data, of two bytes each
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== format.zip64ExtraId) continue;
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    for (let value = at + 4; value + 8 <= end; value += 8) yield extra.readBigUInt64LE(value);
    return undefined;
  }
  return undefined;
}

/** 5: the system it was made by · 38: external attributes, of which Unix has the upper half */
function attributes(
  path: string,
  system: number,
  external: number,
): Pick<CentralHeader, "type" | "mode"> {
  const known = system === format.unix || system === format.darwin;
  const mode = known ? external >>> 16 : 0o644;
  const isFolder = path.endsWith("/") || (mode & 0o170000) === 0o040000;
  return {
    type: isFolder ? "folder" : (mode & 0o170000) === 0o120000 ? "link" : "file",
    mode: mode & 0o777,
  };
}
