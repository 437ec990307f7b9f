import { BlockWriter } from "./block-writer.ts";
import { DamagedRange, type Compressed, type FileRange } from "./compressed.ts";
import { crc32 } from "./crc32.ts";
import { DirectoryBuilder, longestLocalHeader } from "./directory-builder.ts";
import { sortedByBytes } from "./entry-order.ts";
import { localHeader } from "./format.ts";
import { OpenFiles } from "./open-files.ts";
import { readWhole } from "./read-whole.ts";
import { PieceNotes, type SpliceIndex } from "./splice-index.ts";
import type { ZipSummary } from "./write.ts";

export type SplicedEntry = {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  /** A function is called when its turn comes, so that not all need be in memory at once. */
  readonly from: Compressed | (() => Compressed | Promise<Compressed>);
  /** Names its bytes, for `respliceZip`: what has no key is copied from the base unseen. */
  readonly key?: string;
};

export type SplicedZip = ZipSummary & { readonly index: SpliceIndex };

/**
 * Write a zip to an open file from compressed bytes that are in other files, in bounded memory. Its bytes are those
 * that `writeZip` makes of the same entries.
 *
 * @param entries  any order; paths relative, `/`-separated, unique, no folders
 * @throws ZIP_DUPLICATE_PATH, ZIP_PATH, both before the first byte; DamagedRange; what the system says
 */
export async function spliceZip(
  entries: readonly SplicedEntry[],
  file: number,
): Promise<SplicedZip> {
  const sorted = sortedByBytes(entries);
  const out = new BlockWriter(file);
  const splicer = new Splicer(out);
  try {
    for (let index = 0; index < sorted.length;) index += await splicer.copy(sorted, index);
    const index = await splicer.finish();
    return { ...(await out.finish()), unzippedSize: index.unzippedSize, index };
  } finally {
    splicer.close();
    await out.settle();
  }
}

/** An entry and the bytes it turned out to have. */
type Piece<Data extends Compressed = Compressed> = {
  readonly entry: SplicedEntry;
  readonly data: Data;
};

/** An entry that does not fit into what is left of a block begins the next, unless it is longer than this. */
const shortEntry = 64 * 1024;

/** More than local headers take between two entries that are still read at once: extra fields, data descriptors. */
const widestGap = 256;

/** Puts entries at the end of a zip that is being written. */
export class Splicer {
  readonly directory = new DirectoryBuilder();
  readonly #notes: PieceNotes;
  readonly #out: BlockWriter;
  readonly #files = new OpenFiles({ atMost: 64 });
  #unzippedSize = 0;

  constructor(out: BlockWriter) {
    this.#out = out;
    this.#notes = new PieceNotes(out);
  }

  /** Copy the entry at `index`, with those after it that one read gets. Says how many. */
  async copy(entries: readonly SplicedEntry[], index: number): Promise<number> {
    const entry = entries[index];
    if (entry === undefined) return 0;
    const { from, path, mode, key } = entry;
    const data = typeof from === "function" ? await from() : from;
    if (key === undefined) return this.#copyFrom({ entry, data }, { entries, index });
    this.#notes.end();
    await this.#copyFrom({ entry, data }, { entries: [], index: 0 });
    const { method, crc32: checksum, size, compressedSize } = data;
    const rawCrc32 = "compressed" in data ? crc32(data.compressed) : data.rawCrc32;
    const sizes = { method, size, compressedSize };
    this.#notes.end({ path, mode, key, ...sizes, crc32: checksum, rawCrc32 });
    return 1;
  }

  /** Add the central directory. */
  async finish(): Promise<SpliceIndex> {
    const out = this.#out;
    this.#notes.end();
    const { records, end } = this.directory.finish(out.size);
    await out.add(records);
    await out.add(end);
    const directory = { size: records.length, crc32: crc32(records) };
    return { pieces: this.#notes.pieces, directory, unzippedSize: this.#unzippedSize };
  }

  close(): void {
    this.#files.close();
  }

  async #copyFrom(
    piece: Piece,
    { entries, index }: { entries: readonly SplicedEntry[]; index: number },
  ): Promise<number> {
    const { entry, data } = piece;
    const wanted = longestLocalHeader(entry.path) + Math.min(data.compressedSize, shortEntry);
    if (wanted > this.#out.room) await this.#out.flush();
    this.#putHeader(piece);
    if ("compressed" in data) {
      await this.#out.add(data.compressed);
      return 1;
    }
    if (data.compressedSize > this.#out.room) {
      await this.#copyLong({ entry, data });
      return 1;
    }
    const run = runFrom(entries, index, { entry, data }, this.#out.room);
    this.#copyRun(run);
    return run.length;
  }

  #putHeader({ entry, data }: Piece): void {
    const out = this.#out;
    // field by field: a spread takes as long as all the rest
    const placed = {
      path: entry.path,
      mode: entry.mode,
      method: data.method,
      crc32: data.crc32,
      size: data.size,
      compressedSize: data.compressedSize,
      localHeaderOffset: out.size,
    };
    out.used += this.directory.add(placed, out.block, out.used);
    this.#unzippedSize += data.size;
  }

  /** Read all at once to where the first is to be, and move the others up to it where they are too far. */
  #copyRun(run: readonly Piece<FileRange>[]): void {
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined) return;
    const out = this.#out;
    const { block } = out;
    const start = first.data.dataOffset;
    const shift = out.used - start;
    this.#read(first, block.subarray(out.used, shift + endOf(last.data)), start);
    for (const piece of run) {
      if (piece !== first) this.#putHeader(piece);
      const { dataOffset, compressedSize, rawCrc32 } = piece.data;
      const source = shift + dataOffset;
      if (source !== out.used) block.copyWithin(out.used, source, source + compressedSize);
      const bytes = block.subarray(out.used, out.used + compressedSize);
      if (crc32(bytes) !== rawCrc32) throw damaged(piece);
      out.used += compressedSize;
    }
  }

  /** One that is longer than what is left of a block. */
  async #copyLong(piece: Piece<FileRange>): Promise<void> {
    const out = this.#out;
    const { dataOffset, rawCrc32 } = piece.data;
    const end = endOf(piece.data);
    let checksum = 0;
    for (let at = dataOffset; at < end;) {
      if (out.room === 0) await out.flush();
      const length = Math.min(out.room, end - at);
      const bytes = out.block.subarray(out.used, out.used + length);
      this.#read(piece, bytes, at);
      checksum = crc32(bytes, checksum);
      out.used += length;
      at += length;
    }
    if (checksum !== rawCrc32) throw damaged(piece);
  }

  #read(piece: Piece<FileRange>, target: Buffer, offset: number): void {
    try {
      const file = this.#files.open(piece.data.file);
      if (!readWhole(file, target, offset)) throw damaged(piece);
    } catch (cause) {
      throw cause instanceof DamagedRange ? cause : damaged(piece, cause);
    }
  }
}

/** The entries from `index` on that lie in one file in this order, with little more than local headers between them. */
function runFrom(
  entries: readonly SplicedEntry[],
  index: number,
  first: Piece<FileRange>,
  room: number,
): readonly Piece<FileRange>[] {
  const { file, dataOffset } = first.data;
  const run = [first];
  let end = endOf(first.data);
  for (let next = index + 1; next < entries.length; next++) {
    const entry = entries[next];
    const data = entry?.from;
    if (entry === undefined || data === undefined || entry.key !== undefined) break;
    if (typeof data === "function" || "compressed" in data || data.file !== file) break;
    const gap = data.dataOffset - end - localHeader.length - Buffer.byteLength(entry.path);
    if (gap < 0 || gap > widestGap || endOf(data) - dataOffset > room) break;
    if (data.size >= zip64Size) break;
    run.push({ entry, data });
    end = endOf(data);
  }
  return run;
}

/** Such an entry's local header is longer, and might not fit before its data. */
const zip64Size = 0xffffffff;

function endOf({ dataOffset, compressedSize }: FileRange): number {
  return dataOffset + compressedSize;
}

function damaged({ entry, data }: Piece<FileRange>, cause?: unknown): DamagedRange {
  return new DamagedRange(entry.path, data.file, { cause });
}
