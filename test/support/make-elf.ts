/** ELF files for tests: as small as a loader's eyes allow, without any code. */

export interface ElfOptions {
  /** e_machine; default 62, x86_64. */
  readonly machine?: number;
  /** e_type; default 3, a shared library. */
  readonly type?: number;
  /** Default 64. */
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  readonly needed?: readonly string[];
  /** For each library the versions of its symbols: `{"libc.so.6": ["GLIBC_2.17"]}`; `~` before one makes it weak. */
  readonly versions?: Readonly<Record<string, readonly string[]>>;
  /** Without PT_DYNAMIC, as static programs are. */
  readonly fixed?: boolean;
}

/** Where in memory the file is loaded: addresses are not offsets. */
const base = 0x10000;

/** An ELF file of one loaded segment, with a dynamic section, a table of strings and one of versions. */
export function makeElf(options: ElfOptions = {}): Buffer {
  const write = writer(options);
  const strings = new Strings();
  const needed = (options.needed ?? []).map((name) => strings.add(name));
  const versions = versionTable(options.versions ?? {}, strings, write);
  const stringBytes = strings.bytes();
  const headLength = write.headerLength + 2 * write.segmentLength;
  const dynamicLength = (needed.length + 4) * 2 * write.wordLength;
  const stringsAt = headLength + dynamicLength;
  const versionsAt = stringsAt + stringBytes.length;
  const dynamic = Buffer.concat(
    [
      ...needed.map((at) => [1, at] as const),
      [5, base + stringsAt] as const,
      [10, stringBytes.length] as const,
      [0x6ffffffe, base + versionsAt] as const,
      [0, 0] as const,
    ].flatMap(([tag, value]) => [write.word(tag), write.word(value)]),
  );
  const size = versionsAt + versions.length;
  const segments = [
    write.segment({ type: 1, offset: 0, address: base, size }),
    write.segment({
      type: options.fixed ? 4 : 2,
      offset: headLength,
      address: base + headLength,
      size: dynamicLength,
    }),
  ];
  return Buffer.concat([
    write.header(segments.length),
    ...segments,
    dynamic,
    stringBytes,
    versions,
  ]);
}

class Strings {
  #bytes = Buffer.from([0]);

  add(text: string): number {
    const at = this.#bytes.length;
    this.#bytes = Buffer.concat([this.#bytes, Buffer.from(`${text}\0`)]);
    return at;
  }

  bytes(): Buffer {
    return this.#bytes;
  }
}

type Writer = ReturnType<typeof writer>;

function writer({ bits = 64, bigEndian = false, machine = 62, type = 3 }: ElfOptions) {
  const number = (value: number, length: 2 | 4 | 8): Buffer => {
    const bytes = Buffer.alloc(length);
    bytes.writeUIntLE(value, 0, Math.min(length, 6));
    return bigEndian ? bytes.reverse() : bytes;
  };
  const wordLength = bits === 64 ? 8 : 4;
  const word = (value: number): Buffer => number(value, wordLength);
  const half = (value: number): Buffer => number(value, 2);
  const whole = (value: number): Buffer => number(value, 4);
  const headerLength = bits === 64 ? 64 : 52;
  const segmentLength = bits === 64 ? 56 : 32;
  const header = (segments: number): Buffer =>
    Buffer.concat([
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, bits / 32, bigEndian ? 2 : 1, 1]),
      Buffer.alloc(9),
      half(type),
      half(machine),
      whole(1),
      word(0),
      word(headerLength),
      word(0),
      whole(0),
      half(headerLength),
      half(segmentLength),
      half(segments),
      Buffer.alloc(6),
    ]);
  const segment = (of: { type: number; offset: number; address: number; size: number }): Buffer => {
    const place = [word(of.offset), word(of.address), word(of.address)];
    const sizes = [word(of.size), word(of.size)];
    return bits === 64
      ? Buffer.concat([whole(of.type), whole(4), ...place, ...sizes, word(8)])
      : Buffer.concat([whole(of.type), ...place, ...sizes, whole(4), word(4)]);
  };
  return { wordLength, headerLength, segmentLength, word, half, whole, header, segment };
}

/** A Verneed of 16 bytes for each library, followed by its Vernaux of 16 bytes each. */
function versionTable(
  libraries: Readonly<Record<string, readonly string[]>>,
  strings: Strings,
  { half, whole }: Writer,
): Buffer {
  const all = Object.entries(libraries);
  return Buffer.concat(
    all.flatMap(([library, versions], index) => {
      const last = index === all.length - 1;
      const head = [half(1), half(versions.length), whole(strings.add(library)), whole(16)];
      const parts = versions.flatMap((version, place) => [
        whole(0),
        half(version.startsWith("~") ? 2 : 0),
        half(2),
        whole(strings.add(version.replace(/^~/u, ""))),
        whole(place === versions.length - 1 ? 0 : 16),
      ]);
      return [...head, whole(last ? 0 : 16 + 16 * versions.length), ...parts];
    }),
  );
}
