import { encodePath } from "./entry-path.ts";
import * as format from "./format.ts";
import type { PlacedEntry } from "./write-headers.ts";
import { centralHeaderBytes, endBytes, localHeaderBytes } from "./write-headers.ts";

type DirectoryEntry = Omit<PlacedEntry, "name"> & { readonly path: string };

/**
 * The central directory while it grows, and from it the local headers: one buffer for thousands of entries. Its bytes
 * are those of `write-headers.ts`, which it asks for all that needs zip64.
 *
 * @source APPNOTE 6.3.10 §4.3.7, §4.3.12
 */
export class DirectoryBuilder {
  #bytes = Buffer.allocUnsafeSlow(8 * 1024);
  #view = viewOf(this.#bytes);
  #size = 0;
  #entries = 0;

  /** Add an entry, and write its local header at `at` of `block`, which has the room. Says how long that header is. */
  add(entry: DirectoryEntry, block: Buffer, at: number): number {
    this.#entries++;
    this.#reserve(format.centralHeader.length + longestName(entry.path) + longestExtra);
    if (Math.max(entry.size, entry.compressedSize, entry.localHeaderOffset) >= format.full32)
      return this.#addLong({ ...entry, name: encodePath(entry.path) }, block, at);
    const bytes = this.#bytes;
    const start = this.#size;
    const nameAt = start + format.centralHeader.length;
    const nameLength = bytes.write(entry.path, nameAt);
    this.#size = nameAt + nameLength;
    bytes.set(plainHeader, start);
    writeFields(this.#view, start, entry);
    this.#view.setUint16(start + 28, nameLength, true); //          28  name length
    // a name of ASCII alone means the same in every code page, and needs no flag
    if (nameLength !== entry.path.length) this.#view.setUint16(start + 8, format.flags.utf8, true);
    // from "version needed" (6) to the extra field's length (30) both headers hold the same (4–30)
    block.set(localSignature, at);
    bytes.copy(block, at + 4, start + 6, start + 32);
    bytes.copy(block, at + format.localHeader.length, nameAt, this.#size);
    return format.localHeader.length + nameLength;
  }

  /** What was added, in order. */
  get records(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  /** The whole directory, and what ends the zip; `offset` is where it begins. */
  finish(offset: number): { readonly records: Uint8Array; readonly end: Uint8Array } {
    const end = endBytes({ entries: this.#entries, size: this.#size, offset });
    return { records: this.records, end };
  }

  #addLong(entry: PlacedEntry, block: Buffer, at: number): number {
    const central = centralHeaderBytes(entry);
    this.#bytes.set(central, this.#size);
    this.#size += central.length;
    const local = localHeaderBytes(entry);
    block.set(local, at);
    return local.length;
  }

  #reserve(length: number): void {
    if (this.#size + length <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * this.#bytes.length + length);
    this.#bytes.copy(grown, 0, 0, this.#size);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

/** How many bytes a local header can take, its name included. */
export function longestLocalHeader(path: string): number {
  return format.localHeader.length + longestName(path) + longestExtra;
}

/** In UTF-8, of which a unit takes at most three bytes. */
function longestName(path: string): number {
  return 3 * path.length;
}

/** §4.5.3: id and length, then size, compressed size and offset. */
const longestExtra = 4 + 3 * 8;

const localSignature = Uint8Array.of(0x50, 0x4b, 3, 4);

/** An empty file's header, of which only the fields that vary are written anew. */
const plainHeader = centralHeaderBytes({
  name: new Uint8Array(),
  mode: 0o644,
  method: format.methods.stored,
  crc32: 0,
  size: 0,
  compressedSize: 0,
  localHeaderOffset: 0,
});

function writeFields(view: DataView, at: number, entry: DirectoryEntry): void {
  if (entry.method === format.methods.deflated) {
    view.setUint16(at + 6, 20, true); //                           6  version needed
    view.setUint16(at + 10, entry.method, true); //               10  method
  }
  view.setUint32(at + 16, entry.crc32, true); //                  16  crc-32
  view.setUint32(at + 20, entry.compressedSize, true); //         20  compressed size
  view.setUint32(at + 24, entry.size, true); //                   24  size
  view.setUint16(at + 40, 0o100000 | entry.mode, true); //        40  external attributes, the Unix half
  view.setUint32(at + 42, entry.localHeaderOffset, true); //      42  offset of the local header
}

/** Fields are written through this: a call of it is the engine's own, also before the code around it is compiled. */
function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
