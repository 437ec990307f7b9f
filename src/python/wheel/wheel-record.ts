import type { ElfFacts } from "./elf.ts";

/** One file that a wheel gives to a zip, at its place there. */
export interface WheelEntry {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  /** In bytes. */
  readonly size: number;
  readonly compressedSize: number;
  /** 0 is stored, 8 is deflated. */
  readonly method: 0 | 8;
  /** Of the uncompressed bytes. */
  readonly crc32: number;
  /** Of the uncompressed bytes, in base64url as in RECORD. */
  readonly sha256: string;
  /** Where in the wheel the compressed bytes begin; 0 where they are in `bytes`. */
  readonly dataOffset: number;
  /** Of the compressed bytes: finds a byte that went bad in the store while it is copied. */
  readonly rawCrc32: number;
  /** The compressed bytes in base64, where they are not in the wheel: scripts, a RECORD of what moved. */
  readonly bytes?: string;
}

/** Everything that staging, proving and packing need of one wheel: its archive is safe, its RECORD is true. */
export interface WheelContents {
  readonly sha256: string;
  /** Normalised as in PEP 503. */
  readonly name: string;
  readonly version: string;
  /** `Requires-Dist`, as written. */
  readonly requires: readonly string[];
  readonly requiresPython?: string;
  /** In byte order of path. */
  readonly entries: readonly WheelEntry[];
  /** Of every program and shared library. */
  readonly elf: readonly ElfFacts[];
  /** The `.pth` files that name folders, as an editable install leaves them. */
  readonly pathFiles: readonly string[];
}

/**
 * Contents as a record of the store: columns, not objects, because thousands of entries must load in a few
 * milliseconds. Change what is written and raise the version in the bucket's name.
 */
export function encodeContents(contents: WheelContents): unknown {
  const { sha256: _, entries, ...facts } = contents;
  const numbers = Float64Array.from(
    entries.flatMap(({ mode, method, size, compressedSize, crc32, dataOffset, rawCrc32 }) => {
      const bits = (mode === 0o755 ? 1 : 0) + (method === 8 ? 2 : 0);
      return [bits, size, compressedSize, crc32, dataOffset, rawCrc32];
    }),
  );
  return {
    ...facts,
    paths: entries.map(({ path }) => path).join(separator),
    sha256: entries.map(({ sha256 }) => sha256).join(""),
    numbers: Buffer.from(numbers.buffer).toString("base64"),
    bytes: entries.flatMap(({ bytes }, index) => (bytes === undefined ? [] : [[index, bytes]])),
  };
}

/** What `encodeContents` made; `undefined` for anything else. */
export function decodeContents(record: unknown, sha256: string): WheelContents | undefined {
  if (!isColumns(record)) return undefined;
  const { paths, sha256: digests, numbers: base64, bytes, ...facts } = record;
  const packed = Buffer.from(base64, "base64");
  const numbers = new Float64Array(new Uint8Array(packed).buffer);
  const entries = (paths === "" ? [] : paths.split(separator)).map((path, index) =>
    entryAt(index, path, numbers, digests),
  );
  if (numbers.length !== columns * entries.length) return undefined;
  for (const [index, held] of bytes) {
    const entry = entries[index];
    if (entry !== undefined) entries[index] = { ...entry, bytes: held };
  }
  return { ...facts, sha256, entries };
}

function entryAt(index: number, path: string, numbers: Float64Array, digests: string): WheelEntry {
  const at = index * columns;
  const bits = numbers[at] ?? 0;
  return {
    path,
    mode: (bits & 1) === 0 ? 0o644 : 0o755,
    size: numbers[at + 1] ?? 0,
    compressedSize: numbers[at + 2] ?? 0,
    method: (bits & 2) === 0 ? 0 : 8,
    crc32: numbers[at + 3] ?? 0,
    sha256: digests.slice(index * digestLength, (index + 1) * digestLength),
    dataOffset: numbers[at + 4] ?? 0,
    rawCrc32: numbers[at + 5] ?? 0,
  };
}

/** No path has an empty part, so none has this in it. */
const separator = "//";

/** How many numbers each entry has, and how many characters a sha256 has in base64url. */
const columns = 6;
const digestLength = 43;

type Columns = Omit<WheelContents, "entries"> & {
  readonly paths: string;
  readonly numbers: string;
  readonly bytes: readonly (readonly [index: number, base64: string])[];
};

/** The store's checksum says that it was written by us; its bucket, in which shape. */
function isColumns(record: unknown): record is Columns {
  return typeof record === "object" && record !== null && "paths" in record && "numbers" in record;
}
