import type { CompressedEntry } from "./format.ts";

/** Compressed bytes in memory, or where they are in a file, and what they are when they are not compressed. */
export type Compressed = HeldBytes | FileRange;

export type HeldBytes = Omit<CompressedEntry, "path"> & { readonly compressed: Uint8Array };

export type FileRange = Omit<CompressedEntry, "path"> & {
  readonly file: string;
  /** Where the compressed bytes begin in the file. */
  readonly dataOffset: number;
  /** Of the compressed bytes: what is copied is checked by it. */
  readonly rawCrc32: number;
};

/** A file has other bytes where an entry's should be, or cannot be read there. */
export class DamagedRange extends Error {
  override readonly name = "DamagedRange";
  /** Of the entry. */
  readonly path: string;
  readonly file: string;

  constructor(path: string, file: string, options: { readonly cause?: unknown } = {}) {
    super(`${file} does not have the bytes of ${path}`, options);
    this.path = path;
    this.file = file;
  }
}
