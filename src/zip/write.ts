import { createHash } from "node:crypto";
import { TouchdownError } from "../errors.ts";
import { crc32 } from "./crc32.ts";
import { deflate } from "./deflate.ts";
import { sortedByBytes } from "./entry-order.ts";
import { encodePath } from "./entry-path.ts";
import type { CompressedEntry } from "./format.ts";
import {
  centralHeaderBytes,
  endBytes,
  localHeaderBytes,
  type PlacedEntry,
} from "./write-headers.ts";

/** A file to be compressed here; a function is called when its turn comes, so that not all need be in memory at once. */
export type FreshEntry = {
  readonly path: string;
  /** Default 0o644. */
  readonly mode?: 0o644 | 0o755;
  readonly bytes: Uint8Array | (() => Uint8Array | Promise<Uint8Array>);
};

/** A file already compressed, as `readCompressed` gives it: its bytes are written as they are, and not checked. */
export type CopiedEntry = CompressedEntry & {
  /** Default 0o644. */
  readonly mode?: 0o644 | 0o755;
  readonly compressed: Uint8Array | (() => AsyncIterable<Uint8Array>);
};

export type ZipSummary = {
  /** In bytes. */
  readonly size: number;
  /** The sum of its files' sizes, in bytes. */
  readonly unzippedSize: number;
  /** As 64 hex digits. */
  readonly sha256: string;
};

/**
 * Write a zip whose bytes depend only on its entries.
 *
 * @param entries  any order; paths relative, `/`-separated, unique, no folders
 * @throws ZIP_DUPLICATE_PATH, ZIP_PATH, ZIP_SIZE
 * @source APPNOTE 6.3.10 §4.3
 */
export async function writeZip(
  entries: readonly (FreshEntry | CopiedEntry)[],
): Promise<ZipSummary & { readonly bytes: Uint8Array }> {
  const pieces: Uint8Array[] = [];
  const summary = await streamZip(entries, (piece) => void pieces.push(piece));
  return { ...summary, bytes: Buffer.concat(pieces) };
}

/**
 * As `writeZip`, but hands each piece on as soon as it is made, and waits until `sink` has taken it.
 *
 * @throws ZIP_DUPLICATE_PATH, ZIP_PATH, both before the first piece; ZIP_SIZE
 */
export async function streamZip(
  entries: readonly (FreshEntry | CopiedEntry)[],
  sink: (piece: Uint8Array) => Promise<void> | void,
): Promise<ZipSummary> {
  const hash = createHash("sha256");
  const sizes = { size: 0, unzippedSize: 0 };
  for await (const { piece, unzipped } of zipPieces(entries)) {
    hash.update(piece);
    sizes.size += piece.length;
    sizes.unzippedSize += unzipped ?? 0;
    await sink(piece);
  }
  return { ...sizes, sha256: hash.digest("hex") };
}

/** The zip in pieces; `unzipped`, with each local header, is the size of the file that it begins. */
export async function* zipPieces(
  entries: readonly (FreshEntry | CopiedEntry)[],
): AsyncGenerator<{ readonly piece: Uint8Array; readonly unzipped?: number }> {
  const placed: PlacedEntry[] = [];
  let offset = 0;
  for (const entry of sortedByBytes(entries)) {
    const { compressed, ...header } = await compress(entry);
    const place: PlacedEntry = {
      ...header,
      name: encodePath(entry.path),
      mode: entry.mode ?? 0o644,
      localHeaderOffset: offset,
    };
    placed.push(place);
    const local = localHeaderBytes(place);
    yield { piece: local, unzipped: place.size };
    for await (const piece of checkedPieces(place.compressedSize, entry.path, compressed))
      yield { piece };
    offset += local.length + place.compressedSize;
  }
  let directorySize = 0;
  for (const place of placed) {
    const central = centralHeaderBytes(place);
    directorySize += central.length;
    yield { piece: central };
  }
  yield { piece: endBytes({ entries: placed.length, size: directorySize, offset }) };
}

type Compressed = Omit<CompressedEntry, "path"> & Pick<CopiedEntry, "compressed">;

async function compress(entry: FreshEntry | CopiedEntry): Promise<Compressed> {
  if ("compressed" in entry) {
    const { method, crc32: crc, size, compressedSize, compressed } = entry;
    return { method, crc32: crc, size, compressedSize, compressed };
  }
  const bytes = typeof entry.bytes === "function" ? await entry.bytes() : entry.bytes;
  const deflated = deflate(bytes);
  return {
    ...deflated,
    crc32: crc32(bytes),
    size: bytes.length,
    compressedSize: deflated.compressed.length,
  };
}

async function* checkedPieces(
  size: number,
  path: string,
  compressed: CopiedEntry["compressed"],
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const piece of typeof compressed === "function" ? compressed() : [compressed]) {
    seen += piece.length;
    if (seen > size) break;
    if (piece.length > 0) yield piece;
  }
  if (seen === size) return;
  const found = seen > size ? "more" : String(seen);
  throw new TouchdownError(
    "ZIP_SIZE",
    `zip entry ${JSON.stringify(path)} should have ${size} compressed bytes and has ${found}`,
  );
}
