import { BlockWriter } from "./block-writer.ts";
import { DamagedRange, type FileRange } from "./compressed.ts";
import { crc32 } from "./crc32.ts";
import { centralHeader, full32 } from "./format.ts";
import type { IndexedPiece, KeyedEntry, SpliceIndex } from "./splice-index.ts";
import { readWhole } from "./read-whole.ts";
import { Splicer, type SplicedEntry } from "./splice.ts";
import type { ZipSummary } from "./write.ts";
import { endBytes } from "./write-headers.ts";

/** A zip that was written before: what was remembered of it, and its file, open for reading, or its bytes. */
export type BaseZip = {
  readonly path: string;
  readonly index: SpliceIndex;
} & (
  | {
      readonly file: number;
      /** It has not changed since it was last checked: its bytes are copied unchecked. Default: no. */
      readonly unchanged?: boolean;
    }
  /** All of them, as `heldZip` gives them. */
  | { readonly bytes: Uint8Array }
);

export type ReplacingEntry = SplicedEntry & { readonly key: string };

/**
 * Write the zip that has `entries` where the base has those with a key, and all else as in the base, at which nobody
 * looks but to check it. The bytes are those that `spliceZip` makes.
 *
 * @param entries  all that have a key, in any order
 * @param file     open for writing, empty
 * @returns        undefined, and nothing is written, if other paths have a key in the base
 * @throws DamagedRange if the base no longer has the bytes that it had
 */
export async function respliceZip(
  base: BaseZip,
  entries: readonly ReplacingEntry[],
  file: number,
): Promise<ZipSummary | undefined> {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  if (!canReplace(base.index, byPath)) return undefined;
  const out = new BlockWriter(file);
  out.summing = isChecked(base);
  const splicer = new Splicer(out);
  try {
    const changes: Change[] = [];
    let offset = 0;
    for (const piece of base.index.pieces) {
      const entry = byPath.get(piece.entry?.path ?? "");
      if (entry === undefined || isSame(entry, piece.entry)) {
        await copyPiece(base, piece, { offset, out });
      } else {
        const before = out.size;
        const { path, mode, from } = entry;
        await splicer.copy([{ path, mode, from }], 0);
        out.mark();
        changes.push({ offset, growth: out.size - before - piece.size });
      }
      offset += piece.size;
    }
    const growth = await addDirectory(base, { offset, changes, out, splicer });
    return { ...(await out.finish()), unzippedSize: base.index.unzippedSize + growth };
  } finally {
    splicer.close();
    await out.settle();
  }
}

/**
 * All bytes of a zip that was written before: for who makes many others from it.
 *
 * @param file  open for reading
 * @returns     undefined if it no longer has the bytes that it had
 * @throws what the system says
 */
export function heldZip(file: number, { pieces, directory }: SpliceIndex): Uint8Array | undefined {
  const parts = [...pieces, directory];
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, { size }) => sum + size, 0));
  if (!readWhole(file, bytes, 0)) return undefined;
  let at = 0;
  const good = parts.every(({ size, crc32: checksum }) => {
    at += size;
    return crc32(bytes.subarray(at - size, at)) === checksum;
  });
  return good ? bytes : undefined;
}

/** Where the compressed bytes of each key are in a zip that was written before. */
export function rangesByKey(path: string, index: SpliceIndex): ReadonlyMap<string, FileRange> {
  const ranges = new Map<string, FileRange>();
  let end = 0;
  for (const piece of index.pieces) {
    end += piece.size;
    if (piece.entry === undefined) continue;
    const { key, method, crc32: checksum, size, compressedSize, rawCrc32 } = piece.entry;
    const sizes = { method, crc32: checksum, size, compressedSize };
    ranges.set(key, { ...sizes, file: path, dataOffset: end - compressedSize, rawCrc32 });
  }
  return ranges;
}

/** A piece that got another length. */
type Change = { readonly offset: number; readonly growth: number };

/** Beyond this the headers might need zip64, and have another length. */
const longest = full32 / 2;

function canReplace(
  { pieces, directory }: SpliceIndex,
  byPath: ReadonlyMap<string, ReplacingEntry>,
): boolean {
  const keyed = pieces.flatMap(({ entry }) => (entry === undefined ? [] : [entry.path]));
  const size = pieces.reduce((sum, piece) => sum + piece.size, directory.size);
  return size < longest && keyed.length === byPath.size && keyed.every((path) => byPath.has(path));
}

function isSame(entry: ReplacingEntry, before: KeyedEntry | undefined): boolean {
  return entry.key === before?.key && entry.mode === before.mode;
}

async function copyPiece(
  base: BaseZip,
  piece: IndexedPiece,
  { offset, out }: { offset: number; out: BlockWriter },
): Promise<void> {
  if ("bytes" in base) await out.add(base.bytes.subarray(offset, offset + piece.size));
  else if (!(await out.copy(base.file, offset, piece.size)))
    throw new DamagedRange("its end", base.path);
  if (isChecked(base) && out.mark() !== piece.crc32)
    throw new DamagedRange(piece.entry?.path ?? "its entries", base.path);
}

/** What was held was checked then. */
function isChecked(base: BaseZip): boolean {
  return !("bytes" in base) && base.unchanged !== true;
}

/** Says by how many bytes the files of the zip, unzipped, are more than those of the base. */
async function addDirectory(
  base: BaseZip,
  {
    offset,
    changes,
    out,
    splicer,
  }: { offset: number; changes: readonly Change[]; out: BlockWriter; splicer: Splicer },
): Promise<number> {
  const records = Buffer.allocUnsafe(base.index.directory.size);
  readBase(base, records, offset);
  if (isChecked(base) && crc32(records) !== base.index.directory.crc32)
    throw new DamagedRange("its directory", base.path);
  const replaced = replaceRecords(records, splicer.directory.records, changes);
  const end = { entries: replaced.entries, size: records.length, offset: out.size };
  out.summing = false;
  await out.add(records);
  await out.add(endBytes(end));
  return replaced.growth;
}

/**
 * Move the records of the directory with their entries, and put the new ones in place of those that changed: the path
 * is the same, so they are as long.
 */
function replaceRecords(
  records: Buffer,
  changed: Uint8Array,
  changes: readonly Change[],
): { readonly entries: number; readonly growth: number } {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let entries = 0;
  let growth = 0;
  let shift = 0;
  let next = 0;
  let from = 0;
  for (let at = 0; at < records.length; entries++) {
    const length = centralHeader.length + view.getUint16(at + 28, true); // 28  name length; no extra field, no comment
    const offset = view.getUint32(at + 42, true); //                        42  offset of the local header
    const change = changes[next];
    if (change?.offset === offset) {
      growth -= view.getUint32(at + 24, true); //                           24  size
      records.set(changed.subarray(from, from + length), at);
      growth += view.getUint32(at + 24, true);
      from += length;
      shift += change.growth;
      next++;
    } else {
      view.setUint32(at + 42, offset + shift, true);
    }
    at += length;
  }
  return { entries, growth };
}

function readBase(base: BaseZip, target: Buffer, offset: number): void {
  if ("bytes" in base) target.set(base.bytes.subarray(offset, offset + target.length));
  else if (!readWhole(base.file, target, offset)) throw new DamagedRange("its end", base.path);
}
