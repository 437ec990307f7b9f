import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "../host/system-error.ts";
import type { Compressed, FileRange, HeldBytes } from "../zip/compressed.ts";
import { crc32 } from "../zip/crc32.ts";
import { deflated, deflatePiece, pieceSize } from "../zip/deflate.ts";
import { methods } from "../zip/format.ts";
import { readWhole } from "../zip/read-whole.ts";
import { sha256Hex } from "../host/sha256.ts";

/** Deflated bytes that were kept, under the sha256 (64 hex digits) of what they were made of. */
export interface DeflateCache {
  get(sha256: string): Kept | undefined | Promise<Kept | undefined>;
  put(sha256: string, kept: Kept): void | Promise<void>;
}

/** `rawCrc32` is that of `compressed`, by which it is known that they were kept well. */
export type Kept = HeldBytes & { readonly rawCrc32: number };

/** A file of the user's, and the sha256 (64 hex digits) by which it is to go in. */
export interface OwnFile {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

/** Less than this is deflated faster than looked up. */
const worthKeeping = 16 * 1024;

/**
 * A file's bytes, compressed. A big one is compressed piece by piece into a file that is asked for with `spoolBeside`, so that neither it nor what
 * becomes of it is ever in memory as a whole.
 *
 * @throws ARTIFACT_CHANGED if it has other bytes now; FILE_READ; what the system says of the spool
 */
export async function compressFile(
  file: OwnFile,
  options: { readonly spoolBeside: () => string; readonly cache?: DeflateCache },
): Promise<Compressed> {
  if (file.size > pieceSize) return compressBig(file, options.spoolBeside());
  const cache = file.size < worthKeeping ? undefined : options.cache;
  const kept = await cache?.get(file.sha256);
  if (kept?.size === file.size && crc32(kept.compressed) === kept.rawCrc32) return kept;
  const bytes = reading(file, () => readFileSync(file.file));
  if (sha256Hex(bytes) !== file.sha256) throw changed(file);
  const made = deflated(bytes);
  await cache?.put(file.sha256, { ...made, rawCrc32: crc32(made.compressed) });
  return made;
}

/** The file was not what it was when it was hashed. */
export function changed({ file }: { readonly file: string }): TouchdownError {
  const hint = "build again";
  return new TouchdownError("ARTIFACT_CHANGED", `${file} changed while it was packed`, { hint });
}

function compressBig(file: OwnFile, spool: string): FileRange {
  const source = reading(file, () => openSync(file.file, "r"));
  const target = openSync(spool, "w", 0o600);
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafeSlow(pieceSize);
    const sums = { crc32: 0, rawCrc32: 0, compressedSize: 0 };
    for (let at = 0; at < file.size; at += pieceSize) {
      const piece = buffer.subarray(0, Math.min(pieceSize, file.size - at));
      readPiece(file, { source, piece, at });
      hash.update(piece);
      sums.crc32 = crc32(piece, sums.crc32);
      const compressed = deflatePiece(piece, { last: at + pieceSize >= file.size });
      sums.rawCrc32 = crc32(compressed, sums.rawCrc32);
      sums.compressedSize += writeAll(target, compressed);
    }
    if (hash.digest("hex") !== file.sha256) throw changed(file);
    const { size } = file;
    if (sums.compressedSize < size)
      return { ...sums, method: methods.deflated, size, file: spool, dataOffset: 0 };
    const stored = { method: methods.stored, crc32: sums.crc32, size, compressedSize: size };
    return { ...stored, file: file.file, dataOffset: 0, rawCrc32: sums.crc32 };
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

function readPiece(
  file: OwnFile,
  { source, piece, at }: { source: number; piece: Buffer; at: number },
): void {
  if (!reading(file, () => readWhole(source, piece, at))) throw changed(file);
}

function writeAll(target: number, bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length;) at += writeSync(target, bytes, at);
  return bytes.length;
}

function reading<Result>({ file }: OwnFile, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new TouchdownError("FILE_READ", `cannot read ${file}: ${systemReason(cause)}`, { cause });
  }
}
