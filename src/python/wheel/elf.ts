/** ELF files, read without a library: for which machine they are, and what they need of the system. */
import { readSync } from "node:fs";

/** What of an ELF file decides whether a machine can load it. */
export interface ElfFacts {
  readonly path: string;
  /** `x86_64`, `aarch64`, or a number of the specification: `machine 40`. */
  readonly machine: string;
  /** The newest glibc whose symbols it needs: `2.17`; absent where it needs none. */
  readonly glibc?: string;
  /** The shared libraries it names: `libc.so.6`. */
  readonly needed: readonly string[];
}

/** Reads anywhere; fewer bytes than asked for where the file ends, none beyond it. */
export type ElfSource = (offset: number, length: number) => Buffer;

export function elfInMemory(bytes: Buffer): ElfSource {
  return (offset, length) => bytes.subarray(offset, offset + length);
}

/** @param file  open, of `size` bytes */
export function elfInFile(file: number, size: number): ElfSource {
  return (offset, length) => {
    if (!(offset < size)) return Buffer.alloc(0);
    const bytes = Buffer.alloc(Math.min(length, size - offset));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  };
}

/** Whether a file begins as programs and shared libraries of Linux do. */
export function isElf(start: Uint8Array): boolean {
  return start[0] === 0x7f && start[1] === 0x45 && start[2] === 0x4c && start[3] === 0x46;
}

/**
 * Read an ELF file. What is cut short or leads nowhere ends the reading, never the program: debug files, for example,
 * keep headers of parts they no longer have. `undefined` for what no machine loads by itself (object files, cores).
 *
 * @source System V ABI, "ELF header", "Program header", "Dynamic section"; for versions: Linux Standard Base,
 *   "Symbol versioning"
 */
export function readElf(path: string, source: ElfSource): ElfFacts | undefined {
  const start = source(0, 64);
  if (!isElf(start) || start.length < 64) return undefined;
  const numbers = numbersOf(start);
  const type = numbers.u16(start, 16);
  if (type !== executable && type !== shared) return undefined;
  const machine = machineName(numbers.u16(start, 18));
  const dynamic = readDynamic(source, numbers, programHeaders(source, start, numbers));
  if (dynamic === undefined) return { path, machine, needed: [] };
  const glibc = newestGlibc(dynamic, numbers);
  const needed = dynamic.needed.flatMap((at) => textAt(dynamic.strings, at) ?? []);
  return { path, machine, ...(glibc === undefined ? {} : { glibc }), needed };
}

/** e_type */
const [executable, shared] = [2, 3];

function machineName(machine: number): string {
  if (machine === 62) return "x86_64";
  return machine === 183 ? "aarch64" : `machine ${machine}`;
}

/** How this file writes numbers: e_ident[4] is 2 where addresses have 64 bits, e_ident[5] is 2 for big-endian. */
function numbersOf(start: Buffer) {
  const wide = start[4] === 2;
  const big = start[5] === 2;
  const u16 = (bytes: Buffer, at: number): number =>
    big ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
  const u32 = (bytes: Buffer, at: number): number =>
    big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  const long = (bytes: Buffer, at: number): number =>
    Number(big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
  return { wide, u16, u32, word: wide ? long : u32 };
}

type Numbers = ReturnType<typeof numbersOf>;

type Segment = {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
};

/** PT_LOAD, PT_DYNAMIC */
const [loaded, dynamicSegment] = [1, 2];

function programHeaders(source: ElfSource, start: Buffer, numbers: Numbers): readonly Segment[] {
  const { wide, u16, u32, word } = numbers;
  const offset = word(start, wide ? 32 : 28); //    e_phoff
  const length = u16(start, wide ? 54 : 42); //     e_phentsize
  const count = u16(start, wide ? 56 : 44); //      e_phnum
  if (length < (wide ? 56 : 32)) return [];
  const table = source(offset, length * count);
  return wholes(table, length).map((at) => ({
    type: u32(table, at),
    offset: word(table, at + (wide ? 8 : 4)),
    address: word(table, at + (wide ? 16 : 8)),
    size: word(table, at + (wide ? 32 : 16)), //    p_filesz
  }));
}

type Dynamic = {
  readonly needed: readonly number[];
  readonly strings: Buffer;
  readonly versions: Buffer;
};

/** d_tag: DT_NULL, DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_VERNEED */
const tags = { end: 0, needed: 1, strings: 5, stringsSize: 10, versions: 0x6ffffffe } as const;

/** More than any real table of strings or versions takes: a file that lies must not take all memory. */
const mostBytes = 64 * 1024 * 1024;

function readDynamic(
  source: ElfSource,
  { wide, word }: Numbers,
  segments: readonly Segment[],
): Dynamic | undefined {
  const segment = segments.find(({ type }) => type === dynamicSegment);
  if (segment === undefined) return undefined;
  const length = wide ? 16 : 8;
  const table = source(segment.offset, Math.min(segment.size, 1024 * 1024));
  const values = new Map<number, number>();
  const needed: number[] = [];
  for (const at of wholes(table, length)) {
    const tag = word(table, at);
    const value = word(table, at + length / 2);
    if (tag === tags.end) break;
    if (tag === tags.needed) needed.push(value);
    else values.set(tag, value);
  }
  /** From an address in memory on, what the file has of it. */
  const from = (address: number | undefined, size: number): Buffer => {
    const place = segments.find(
      (each) =>
        each.type === loaded &&
        address !== undefined &&
        each.address <= address &&
        address < each.address + each.size,
    );
    if (place === undefined || address === undefined) return Buffer.alloc(0);
    const inside = address - place.address;
    return source(place.offset + inside, Math.min(size, place.size - inside, mostBytes));
  };
  return {
    needed,
    strings: from(values.get(tags.strings), values.get(tags.stringsSize) ?? 0),
    // its length is nowhere written; its parts name each other, and 64 kB hold some thousand of them
    versions: from(values.get(tags.versions), 64 * 1024),
  };
}

/** Of each needed library, the versions of its symbols that must be there. */
function newestGlibc(dynamic: Dynamic, { u16, u32 }: Numbers): string | undefined {
  const { versions, strings } = dynamic;
  let newest = 0;
  for (let library = 0; library + 16 <= versions.length;) {
    let at = library + u32(versions, library + 8); //         vn_aux
    for (let left = u16(versions, library + 2); left > 0 && at + 16 <= versions.length; left--) {
      // vna_flags 2: weak, and may be missing · vna_name
      const weak = (u16(versions, at + 4) & 2) !== 0;
      if (!weak) newest = Math.max(newest, glibcMinor(textAt(strings, u32(versions, at + 8))));
      const next = u32(versions, at + 12); //                 vna_next
      if (next === 0) break;
      at += next;
    }
    const next = u32(versions, library + 12); //              vn_next
    if (next === 0) break;
    library += next;
  }
  return newest === 0 ? undefined : `2.${newest}`;
}

/** 17 of `GLIBC_2.17`, also of `GLIBC_2.2.5`; 0 of what is no version of glibc. */
function glibcMinor(version: string | undefined): number {
  // not a version of symbols, but a promise that only glibc 2.36 and later make (its NEWS)
  if (version === "GLIBC_ABI_DT_RELR") return 36;
  return Number(/^GLIBC_2\.(\d{1,3})(?:\.|$)/u.exec(version ?? "")?.[1] ?? 0);
}

function textAt(strings: Buffer, at: number): string | undefined {
  const end = at < strings.length ? strings.indexOf(0, at) : -1;
  return end === -1 ? undefined : strings.toString("utf8", at, end);
}

/** Where each whole part of a table begins. */
function wholes(table: Buffer, length: number): number[] {
  return Array.from({ length: Math.floor(table.length / length) }, (_, index) => index * length);
}
