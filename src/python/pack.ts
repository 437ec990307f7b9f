import { randomBytes } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "../host/system-error.ts";
import { DamagedRange, type Compressed } from "../zip/compressed.ts";
import { crc32 } from "../zip/crc32.ts";
import { deflated } from "../zip/deflate.ts";
import type { Method } from "../zip/format.ts";
import { spliceZip, type SplicedEntry } from "../zip/splice.ts";
import type { ZipSummary } from "../zip/write.ts";
import { compressFile } from "./compress-file.ts";

/** One file of a zip and where its bytes are. */
export type PackEntry = { readonly path: string; readonly mode: 0o644 | 0o755 } & (
  | FromWheel
  | { readonly from: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly from: "file";
      readonly file: string;
      readonly size: number;
      /** Of its bytes as they are meant to go in, 64 hex digits. */
      readonly sha256: string;
    }
);

type FromWheel = {
  readonly from: "wheel";
  /** Its sha256, 64 hex digits. */
  readonly wheel: string;
  /** Its path in the store. */
  readonly file: string;
  readonly method: Method;
  readonly crc32: number;
  readonly size: number;
  readonly compressedSize: number;
  readonly dataOffset: number;
  readonly rawCrc32: number;
  /** In place of what is in the wheel: base64 of the bytes, compressed as `method` says or not at all. */
  readonly bytes?: string;
};

export type Packed = ZipSummary;

/** A wheel in the store no longer has the bytes it was stored with: remove it, and fetch it again. */
export class WheelDamaged extends TouchdownError {
  /** Its sha256. */
  readonly wheel: string;
  readonly file: string;

  constructor(
    { wheel, file }: { readonly wheel: string; readonly file: string },
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super("WHEEL_DAMAGED", message, { ...options, hint: `delete ${file}, and build again` });
    this.wheel = wheel;
    this.file = file;
  }
}

/**
 * Write the zip of `entries` to `path`, whole or not at all. Wheels' entries are copied as they are compressed, each
 * checked by its CRC-32; own files are compressed here.
 *
 * @param entries  any order
 * @throws ARTIFACT_CHANGED, FILE_READ, FILE_WRITE, WHEEL_DAMAGED (as `WheelDamaged`), ZIP_DUPLICATE_PATH, ZIP_PATH
 */
export async function pack(entries: readonly PackEntry[], path: string): Promise<Packed> {
  try {
    return await writeWhole(path, (file) => spliceZip(entries.map(spliced), file));
  } catch (error) {
    throw error instanceof DamagedRange ? wheelDamaged(error, entries) : error;
  }
}

function spliced(entry: PackEntry): SplicedEntry {
  const { path, mode } = entry;
  if (entry.from === "file") return { path, mode, from: () => compressFile(entry) };
  if (entry.from === "bytes") return { path, mode, from: () => deflated(entry.bytes) };
  const { bytes } = entry;
  return { path, mode, from: bytes === undefined ? entry : () => generated(entry, bytes) };
}

function generated(entry: PackEntry & FromWheel, base64: string): Compressed {
  const bytes = Buffer.from(base64, "base64");
  const { method, crc32: checksum, size, compressedSize, rawCrc32 } = entry;
  const actual = crc32(bytes);
  if (bytes.length === compressedSize && actual === rawCrc32)
    return { method, crc32: checksum, size, compressedSize, compressed: bytes };
  if (bytes.length === size && actual === checksum) return deflated(bytes);
  throw new DamagedRange(entry.path, entry.file);
}

function wheelDamaged(error: DamagedRange, entries: readonly PackEntry[]): WheelDamaged {
  const wheels = entries.filter((entry) => entry.from === "wheel");
  const damaged = wheels.filter(({ file }) => file === error.file);
  const wheel = damaged[0]?.wheel ?? "";
  const record = damaged.find(({ path }) => path.endsWith(".dist-info/RECORD"))?.path ?? wheel;
  const name = record.replace(/\.dist-info\/RECORD$/, "");
  const message = `the wheel of ${name} in the store is damaged: ${JSON.stringify(error.path)} has other bytes`;
  return new WheelDamaged({ wheel, file: error.file }, message, { cause: error });
}

/** Not synced to the disk: what is made of this can be made again, and is checked before it is used. */
async function writeWhole<Result>(
  path: string,
  write: (file: number) => Promise<Result>,
): Promise<Result> {
  const unique = randomBytes(6).toString("hex");
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${unique}.tmp`);
  try {
    const file = openSync(temporary, "wx", 0o644);
    const result = await write(file).finally(() => closeSync(file));
    // a rename over a file makes ext4 write to the disk at once, which takes longer than all the rest
    rmSync(path, { force: true });
    renameSync(temporary, path);
    return result;
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (!isSystemError(cause)) throw cause;
    const message = `cannot write ${path}: ${systemReason(cause)}`;
    throw new TouchdownError("FILE_WRITE", message, { cause });
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
