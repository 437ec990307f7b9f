import { closeSync, fstatSync, openSync } from "node:fs";
import { TouchdownError } from "../errors.ts";
import { DamagedRange, type Compressed, type FileRange } from "../zip/compressed.ts";
import { crc32 } from "../zip/crc32.ts";
import { deflated } from "../zip/deflate.ts";
import type { Method } from "../zip/format.ts";
import {
  heldZip,
  rangesByKey,
  respliceZip,
  type BaseZip,
  type ReplacingEntry,
} from "../zip/resplice.ts";
import type { SpliceIndex } from "../zip/splice-index.ts";
import type { ZipSummary } from "../zip/write.ts";
import { spliceZip, type SplicedEntry, type SplicedZip } from "../zip/splice.ts";
import { isLasting, nowInNs, stampOf } from "../host/file-stamp.ts";
import { changed, compressFile, type DeflateCache, type OwnFile } from "./compress-file.ts";
import { writeWhole } from "../host/write-whole.ts";
import { sha256Hex } from "../host/sha256.ts";

/** One file of a zip and where its bytes are. */
export type PackEntry = FromWheel | OwnEntry;

/** One that no wheel has. */
export type OwnEntry = Placed &
  ({ readonly from: "bytes"; readonly bytes: Uint8Array } | (OwnFile & { readonly from: "file" }));

type Placed = { readonly path: string; readonly mode: 0o644 | 0o755 };

type FromWheel = Placed & {
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

/** `index` is what `pack` and `repack` want to know of this zip when it becomes the base of others. Plain data. */
export type Packed = SplicedZip;

/** A zip that was packed before. It is checked, and nothing is taken from it where it is not what it was. */
export type PackBase = {
  readonly path: string;
  readonly index: SpliceIndex;
  /** Its file's stamp when `repack` last checked all of it: while it has that, it is not checked again. */
  readonly checked?: string;
  /** In place of its file, as `hold` gives them. */
  readonly bytes?: Uint8Array;
};

export type Repacked = ZipSummary & {
  /** The stamp of the base's file, if it has all been checked, and any later change will show. */
  readonly checked?: string;
};

export interface PackOptions {
  /** Own files that are the same there are not deflated again. */
  readonly base?: PackBase;
  /** Where else deflated files are kept. */
  readonly deflated?: DeflateCache;
  /** Where the zip belongs once its bytes are known. Default: where it is written. */
  readonly name?: (packed: ZipSummary) => string;
}

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
 * checked by its CRC-32; own files are compressed here. The bytes depend on the entries alone.
 *
 * @param entries  any order
 * @throws ARTIFACT_CHANGED, FILE_READ, FILE_WRITE, WHEEL_DAMAGED (as `WheelDamaged`), ZIP_DUPLICATE_PATH, ZIP_PATH
 */
export async function pack(
  entries: readonly PackEntry[],
  path: string,
  options: PackOptions = {},
): Promise<Packed> {
  const { base, ...rest } = options;
  try {
    const write = (file: number, spoolBeside: () => string): Promise<Packed> => {
      const sources = { ...options, spoolBeside, ranges: rangesOf(base) };
      return spliceZip(
        entries.map((entry) => spliced(entry, sources)),
        file,
      );
    };
    return await writeWhole(path, write, options.name);
  } catch (error) {
    if (!(error instanceof DamagedRange)) throw error;
    if (error.file === base?.path) return pack(entries, path, rest);
    throw damaged(error, entries);
  }
}

/**
 * As `pack` of the base's entries with `own` in place of its own ones, and faster: what is from wheels is not looked
 * at, only copied, and checked unless it was since the base's file last changed. For when nothing but own files' bytes
 * changed since the base was packed.
 *
 * @param own  every entry that is no wheel's, in any order
 * @returns    undefined, with nothing written, if their paths are not those of the base, or the base is no longer what
 *             it was: `pack` then
 * @throws ARTIFACT_CHANGED, FILE_READ, FILE_WRITE
 */
export async function repack(
  own: readonly OwnEntry[],
  path: string,
  options: PackOptions & { readonly base: PackBase },
): Promise<Repacked | undefined> {
  const { base } = options;
  const { bytes, index, checked } = base;
  if (bytes !== undefined) {
    const from = { path: base.path, index, bytes };
    const packed = await repackFrom(own, path, { ...options, from });
    // its file was not looked at again
    return packed === undefined || checked === undefined ? packed : { ...packed, checked };
  }
  const file = openIfThere(base.path);
  if (file === undefined) return undefined;
  try {
    const nowNs = nowInNs();
    const stats = fstatSync(file, { bigint: true });
    const stamp = stampOf(stats);
    const unchanged = stamp === base.checked;
    const packed = await repackFrom(own, path, { ...options, from: { ...base, file, unchanged } });
    const sure = unchanged || isLasting(stats, nowNs);
    return packed === undefined || !sure ? packed : { ...packed, checked: stamp };
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of a zip that was packed before, for who makes many others from it.
 *
 * @returns undefined if it no longer is what it was
 */
export function hold({ path, index }: PackBase): Uint8Array | undefined {
  const file = openIfThere(path);
  if (file === undefined) return undefined;
  try {
    return heldZip(file, index);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

async function repackFrom(
  own: readonly OwnEntry[],
  path: string,
  { from, ...options }: PackOptions & { readonly base: PackBase; readonly from: BaseZip },
): Promise<ZipSummary | undefined> {
  const { base, name } = options;
  const write = (file: number, spoolBeside: () => string): Promise<ZipSummary | undefined> => {
    const sources = { ...options, spoolBeside, ranges: rangesOf(base) };
    const entries = own.map((entry) => keyed(entry, sources));
    return respliceZip(from, entries, file);
  };
  try {
    return await writeWhole(path, write, name);
  } catch (error) {
    if (!(error instanceof DamagedRange)) throw error;
    if (error.file === base.path) return undefined;
    throw damaged(error, own);
  }
}

/** Where an own file's compressed bytes may come from. */
type Sources = PackOptions & {
  readonly ranges: ReadonlyMap<string, FileRange>;
  readonly spoolBeside: () => string;
};

function rangesOf(base: PackBase | undefined): ReadonlyMap<string, FileRange> {
  return base === undefined ? new Map() : rangesByKey(base.path, base.index);
}

function spliced(entry: PackEntry, sources: Sources): SplicedEntry {
  if (entry.from !== "wheel") return keyed(entry, sources);
  const { path, mode, bytes } = entry;
  return { path, mode, from: bytes === undefined ? entry : () => generated(entry, bytes) };
}

function keyed(entry: OwnEntry, { ranges, spoolBeside, deflated: cache }: Sources): ReplacingEntry {
  const { path, mode } = entry;
  if (entry.from === "bytes") {
    const key = sha256Hex(entry.bytes);
    return { path, mode, key, from: ranges.get(key) ?? (() => deflated(entry.bytes)) };
  }
  const spool = { spoolBeside, ...(cache === undefined ? {} : { cache }) };
  const key = entry.sha256;
  return { path, mode, key, from: ranges.get(key) ?? (() => compressFile(entry, spool)) };
}

function generated(entry: FromWheel, base64: string): Compressed {
  const bytes = Buffer.from(base64, "base64");
  const { method, crc32: checksum, size, compressedSize, rawCrc32 } = entry;
  const actual = crc32(bytes);
  if (bytes.length === compressedSize && actual === rawCrc32)
    return { method, crc32: checksum, size, compressedSize, compressed: bytes };
  if (bytes.length === size && actual === checksum) return deflated(bytes);
  throw new DamagedRange(entry.path, entry.file);
}

function damaged(error: DamagedRange, entries: readonly PackEntry[]): TouchdownError {
  const wheels = entries.filter((entry) => entry.from === "wheel");
  const entriesOfWheel = wheels.filter(({ file }) => file === error.file);
  const wheel = entriesOfWheel[0]?.wheel;
  if (wheel === undefined) return changed(error);
  const suffix = ".dist-info/RECORD";
  const record = entriesOfWheel.find(({ path }) => path.endsWith(suffix))?.path;
  const name = record?.slice(0, -suffix.length) ?? wheel;
  const message = `the wheel of ${name} in the store is damaged: ${JSON.stringify(error.path)} has other bytes`;
  return new WheelDamaged({ wheel, file: error.file }, message, { cause: error });
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}
