import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { systemReason } from "../../host/system-error.ts";
import { crc32 } from "../../zip/crc32.ts";
import { findData, readCompressed } from "../../zip/read-entry.ts";
import type { ZipEntry } from "../../zip/read.ts";
import { asBuffer, type ZipSource } from "../../zip/source.ts";
import { unpack, unpackPieces, unpackSync } from "../../zip/unpack.ts";
import { ByteBudget } from "../byte-budget.ts";
import { elfInFile, elfInMemory, isElf, readElf, type ElfFacts } from "./elf.ts";

/** What is learned of an entry by unpacking it once. */
export interface Inspected {
  readonly entry: ZipEntry;
  readonly dataOffset: number;
  /** Of the compressed bytes. */
  readonly rawCrc32: number;
  /** By `algorithmOf(entry)`, in base64url. */
  readonly digest: string;
  /** In base64url. */
  readonly sha256: string;
  readonly elf?: ElfFacts;
}

/** The name `node:crypto` has for the digest that an entry's RECORD line is in. */
export type AlgorithmOf = (entry: ZipEntry) => string;

/**
 * Unpack every entry, check it against what the zip says of it, and keep what is worth knowing. Short ones are unpacked
 * at once, longer ones in other threads meanwhile, those that would fill the memory piece by piece.
 *
 * @param source   best read ahead: the entries are read in the order they are in the zip
 * @throws         for the first bad entry, what `findData`, `readCompressed` and `unpack` throw
 */
export async function inspectEntries(
  source: ZipSource,
  entries: readonly ZipEntry[],
  algorithmOf: AlgorithmOf,
): Promise<readonly Inspected[]> {
  const asStored = entries.toSorted((a, b) => a.localHeaderOffset - b.localHeaderOffset);
  const results: Inspected[] = [];
  const running: Promise<void>[] = [];
  const keep = (index: number, made: Promise<Inspected>): Promise<void> =>
    made.then((inspected) => void (results[index] = inspected));
  try {
    for (const [index, entry] of asStored.entries()) {
      const algorithm = algorithmOf(entry);
      const dataOffset = await findData(source, entry);
      const facts = { entry, dataOffset, algorithm };
      if (entry.size > longest) {
        await keep(index, inspectPieces(source, facts));
        continue;
      }
      const giveBack = await budget.take(entry.size <= shortest ? 0 : entry.size);
      const compressed = await readCompressed(source, entry).catch((error: unknown) => {
        giveBack();
        throw error;
      });
      const inspected = inspectHeld(compressed, facts).finally(giveBack);
      if (entry.size <= shortest) await keep(index, inspected);
      else running.push(handled(keep(index, inspected)));
    }
  } finally {
    // an earlier one may be bad too, and is the one to name
    for (const each of running) await each;
  }
  return results;
}

/** Up to here another thread is not worth the way there; from there on an entry is not held in memory. */
const [shortest, longest] = [128 * 1024, 16 * 1024 * 1024];

/** Over all wheels that are read at the same time. */
const budget = new ByteBudget(48 * 1024 * 1024);

interface Facts {
  readonly entry: ZipEntry;
  readonly dataOffset: number;
  readonly algorithm: string;
}

async function inspectHeld(
  compressed: Uint8Array,
  { entry, dataOffset, algorithm }: Facts,
): Promise<Inspected> {
  const bytes = asBuffer(
    entry.size <= shortest ? unpackSync(compressed, entry) : await unpack(compressed, entry),
  );
  const elf = isElf(bytes) ? readElf(entry.path, elfInMemory(bytes)) : undefined;
  const sha256 = createHash("sha256").update(bytes).digest("base64url");
  return {
    entry,
    dataOffset,
    rawCrc32: crc32(compressed),
    digest:
      algorithm === "sha256" ? sha256 : createHash(algorithm).update(bytes).digest("base64url"),
    sha256,
    ...(elf === undefined ? {} : { elf }),
  };
}

/** An ELF file is read here and there, so it is unpacked to a temporary file. */
async function inspectPieces(source: ZipSource, facts: Facts): Promise<Inspected> {
  return temporaryFolder("touchdown-unpacked", async (folder) => {
    const { entry, dataOffset, algorithm } = facts;
    const hashes = { own: createHash(algorithm), sha256: createHash("sha256") };
    const raw = { crc32: 0 };
    const file = openSync(join(folder, "unpacked"), "wx+");
    try {
      let seen = 0;
      let elf = false;
      for await (const piece of unpackPieces(rawPieces(source, facts, raw), entry)) {
        if (seen === 0) elf = isElf(piece);
        if (elf) write(file, piece);
        hashes.own.update(piece);
        hashes.sha256.update(piece);
        seen += piece.length;
      }
      const read = elf ? readElf(entry.path, elfInFile(file, entry.size)) : undefined;
      const digest = hashes.own.digest("base64url");
      const sha256 = hashes.sha256.digest("base64url");
      const known = { entry, dataOffset, rawCrc32: raw.crc32, digest, sha256 };
      return read === undefined ? known : { ...known, elf: read };
    } finally {
      closeSync(file);
    }
  });
}

function write(file: number, piece: Uint8Array): void {
  try {
    writeSync(file, piece);
  } catch (cause) {
    const message = `cannot write to the temporary folder: ${systemReason(cause)}`;
    throw new TouchdownError("FILE_WRITE", message, { hint: "make room in it", cause });
  }
}

async function* rawPieces(
  source: ZipSource,
  { entry, dataOffset }: Facts,
  raw: { crc32: number },
): AsyncGenerator<Uint8Array> {
  const pieceLength = 1024 * 1024;
  for (let at = 0; at < entry.compressedSize; at += pieceLength) {
    const length = Math.min(pieceLength, entry.compressedSize - at);
    const piece = await source.read(dataOffset + at, length);
    raw.crc32 = crc32(piece, raw.crc32);
    yield piece;
    if (piece.length < length) return;
  }
}

/** It is awaited later, and then throws; until then Node must not take it for forgotten. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
