import { TouchdownError } from "../errors.ts";
import { readCentralHeader, type CentralHeader } from "./central-header.ts";
import { findDirectory, type Directory } from "./end-record.ts";
import { checkPathsDiffer } from "./entry-path.ts";
import { localHeader } from "./format.ts";
import { asBuffer, bytesSource, type ZipSource } from "./source.ts";

export type ZipEntry = Omit<CentralHeader, "nameLength"> & {
  /** Where the next entry, or the central directory, begins. */
  readonly end: number;
};

/**
 * List what is in a zip, in the order of its central directory. Refuses zips that two programs could read
 * differently, and those that unzip to more than `maxRatio` (default 200) times their size and 64 MiB.
 *
 * @throws ZIP_BOMB, ZIP_DUPLICATE_PATH, ZIP_ENCRYPTED, ZIP_FORMAT, ZIP_METHOD, ZIP_OVERLAP, ZIP_PATH, ZIP_TRUNCATED
 * @source APPNOTE 6.3.10 §4.3.12
 */
export async function readCentralDirectory(
  zip: Uint8Array | ZipSource,
  options: { readonly maxRatio?: number } = {},
): Promise<ZipEntry[]> {
  const source = zip instanceof Uint8Array ? bytesSource(zip) : zip;
  const directory = await findDirectory(source);
  const bytes = asBuffer(await source.read(directory.offset, directory.size));
  const entries = readHeaders(bytes, directory);
  checkPathsDiffer(entries.map((entry) => entry.path));
  checkRatio(entries, source.size, options.maxRatio ?? 200);
  return withEnds(entries, directory.offset);
}

function readHeaders(bytes: Buffer, directory: Directory): CentralHeader[] {
  const headers: CentralHeader[] = [];
  let at = 0;
  while (headers.length < directory.entries) {
    const { header, length } = readCentralHeader(bytes, at);
    headers.push(header);
    at += length;
  }
  if (at === bytes.length) return headers;
  const message = `the zip's central directory has ${bytes.length - at} bytes more than its ${headers.length} entries`;
  throw new TouchdownError("ZIP_FORMAT", message);
}

function checkRatio(entries: readonly CentralHeader[], zipSize: number, maxRatio: number): void {
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total <= 64 * 1024 * 1024 || total <= maxRatio * zipSize) return;
  const biggest = entries.reduce((most, entry) => (entry.size > most.size ? entry : most));
  const named = `the biggest entry is ${JSON.stringify(biggest.path)}`;
  throw new TouchdownError(
    "ZIP_BOMB",
    `the zip's ${zipSize} bytes would unzip to ${total}; ${named}`,
  );
}

/** Entries that share bytes are how a small zip unzips to petabytes. */
function withEnds(headers: readonly CentralHeader[], directoryOffset: number): ZipEntry[] {
  const byOffset = headers.toSorted((a, b) => a.localHeaderOffset - b.localHeaderOffset);
  const ends = new Map<CentralHeader, number>();
  byOffset.forEach((header, index) => {
    const end = byOffset[index + 1]?.localHeaderOffset ?? directoryOffset;
    const least = localHeader.length + header.nameLength + header.compressedSize;
    if (header.localHeaderOffset + least > end) {
      throw new TouchdownError(
        "ZIP_OVERLAP",
        `zip entry ${JSON.stringify(header.path)} reaches into what follows it`,
      );
    }
    ends.set(header, end);
  });
  // field by field: a spread of thousands takes longer than reading them
  return headers.map((header) => ({
    path: header.path,
    type: header.type,
    mode: header.mode,
    method: header.method,
    crc32: header.crc32,
    size: header.size,
    compressedSize: header.compressedSize,
    localHeaderOffset: header.localHeaderOffset,
    end: ends.get(header) ?? 0,
  }));
}
