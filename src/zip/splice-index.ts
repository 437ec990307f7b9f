import type { BlockWriter } from "./block-writer.ts";
import type { Method } from "./format.ts";

/** What is remembered of a zip, to make the next one from it and to know its bytes again. Plain data, as JSON has it. */
export type SpliceIndex = {
  /** From the zip's first byte to its central directory. */
  readonly pieces: readonly IndexedPiece[];
  readonly directory: { readonly size: number; readonly crc32: number };
  readonly unzippedSize: number;
};

/** Entries one after the other, headers included. */
export type IndexedPiece = {
  /** In bytes. */
  readonly size: number;
  readonly crc32: number;
  /** Where the piece is one entry that has a key. */
  readonly entry?: KeyedEntry;
};

/** An entry that is known by what it was made of, so that the same need not be made again. */
export type KeyedEntry = {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly key: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly method: Method;
  /** Of the bytes, uncompressed. */
  readonly crc32: number;
  /** Of the bytes, compressed. */
  readonly rawCrc32: number;
};

/** Notes the pieces of a zip while it is written. */
export class PieceNotes {
  readonly pieces: IndexedPiece[] = [];
  readonly #out: BlockWriter;
  #start = 0;

  constructor(out: BlockWriter) {
    this.#out = out;
  }

  /** A piece ends here, unless nothing was written since the last one ended. Says its checksum. */
  end(entry?: KeyedEntry): number {
    const size = this.#out.size - this.#start;
    const checksum = this.#out.mark();
    if (size === 0) return checksum;
    this.#start += size;
    const piece = { size, crc32: checksum };
    this.pieces.push(entry === undefined ? piece : { ...piece, entry });
    return checksum;
  }
}
