import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zlib from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TouchdownError } from "../errors.ts";
import { readCentralDirectory, type ZipEntry } from "./read.ts";
import { readEntry } from "./read-entry.ts";
import { asBuffer, fileSource } from "./source.ts";
import { writeZip, type CopiedEntry } from "./write.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-zip-"));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const repeated = text("the same again and again ".repeat(50));

/** `aa` is stored, `bb` is deflated. Local headers at 0 and 35; `at` finds the records. */
async function goodZip(): Promise<Buffer> {
  return asBuffer(
    (
      await writeZip([
        { path: "aa", bytes: text("one") },
        { path: "bb", bytes: repeated },
      ])
    ).bytes,
  );
}
const at = {
  centralA: (zip: Buffer): number => zip.indexOf("PK\x01\x02"),
  centralB: (zip: Buffer): number => zip.indexOf("PK\x01\x02", zip.indexOf("PK\x01\x02") + 4),
  localB: (zip: Buffer): number => zip.indexOf("PK\x03\x04", 4),
  end: (zip: Buffer): number => zip.lastIndexOf("PK\x05\x06"),
};

async function readAll(zip: Uint8Array): Promise<ZipEntry[]> {
  const entries = await readCentralDirectory(zip);
  for (const entry of entries) await readEntry(zip, entry);
  return entries;
}

const rename = (zip: Buffer, name: string): Buffer => {
  for (let place = zip.indexOf("aa"); place !== -1; place = zip.indexOf("aa", place + 1))
    zip.write(name, place, "latin1");
  return zip;
};

const setCount = (zip: Buffer, count: number): void => {
  for (const offset of [8, 10]) zip.writeUInt16LE(count, at.end(zip) + offset);
};

const bad: readonly [name: string, message: RegExp, make: (zip: Buffer) => Buffer | void][] = [
  [
    "ZIP_TRUNCATED--empty",
    /^the zip has no end record: it is cut short, or not a zip$/,
    () => Buffer.alloc(0),
  ],
  ["ZIP_TRUNCATED--text", /no end record/, () => Buffer.from("<html>not found</html>".repeat(9))],
  ["ZIP_TRUNCATED--last-byte-gone", /no end record/, (zip) => zip.subarray(0, -1)],
  [
    "ZIP_TRUNCATED--first-half-gone",
    /central directory ends at byte \d+, but its end record is at/,
    (zip) => zip.subarray(40),
  ],
  ["ZIP_TRUNCATED--directory-short", /directory ends within an entry/, (zip) => setCount(zip, 3)],
  [
    "ZIP_FORMAT--bytes-after-the-directory",
    /48 bytes more than its 1 entries/,
    (zip) => setCount(zip, 1),
  ],
  [
    "ZIP_FORMAT--prepended",
    /central directory ends at byte/,
    (zip) => Buffer.concat([Buffer.from("#!/bin/sh\n"), zip]),
  ],
  [
    "ZIP_FORMAT--disks",
    /spread over several disks/,
    (zip) => void zip.writeUInt16LE(1, at.end(zip) + 4),
  ],
  [
    "ZIP_FORMAT--no-central-signature",
    /an entry has no signature/,
    (zip) => void zip.writeUInt8(0, at.centralA(zip)),
  ],
  [
    "ZIP_FORMAT--zip64-field-missing",
    /"aa" lacks its zip64 field/,
    (zip) => void zip.writeUInt32LE(0xffffffff, at.centralA(zip) + 24),
  ],
  [
    "ZIP_ENCRYPTED--flag",
    /^zip entry "bb" is encrypted$/,
    (zip) => void zip.writeUInt16LE(1, at.centralB(zip) + 8),
  ],
  [
    "ZIP_ENCRYPTED--strong",
    /"bb" is encrypted/,
    (zip) => void zip.writeUInt16LE(1 << 6, at.centralB(zip) + 8),
  ],
  [
    "ZIP_METHOD--zstd",
    /^zip entry "bb" is compressed by method 93$/,
    (zip) => void zip.writeUInt16LE(93, at.centralB(zip) + 10),
  ],
  ["ZIP_DUPLICATE_PATH--twice", /^zip entry "bb" is in the zip twice$/, (zip) => rename(zip, "bb")],
  ["ZIP_PATH--absolute", /"\/a" has an absolute path/, (zip) => rename(zip, "/a")],
  ["ZIP_PATH--drive", /"C:" has an absolute path/, (zip) => rename(zip, "C:")],
  ["ZIP_PATH--parent", /"\.\." has \.\. in its path/, (zip) => rename(zip, "..")],
  ["ZIP_PATH--backslash", /has a backslash in its name/, (zip) => rename(zip, "a\\")],
  ["ZIP_PATH--nul", /has a NUL byte in its name/, (zip) => rename(zip, "a\0")],
  ["ZIP_PATH--latin-1", /"aé" has a name that is not UTF-8/, (zip) => rename(zip, "aé")],
  [
    "ZIP_OVERLAP--same-offset",
    /"[ab]{2}" reaches into what follows it/,
    (zip) => void zip.writeUInt32LE(0, at.centralB(zip) + 42),
  ],
  [
    "ZIP_OVERLAP--into-the-directory",
    /"bb" reaches into what follows it/,
    (zip) => void zip.writeUInt32LE(9999, at.centralB(zip) + 20),
  ],
  [
    "ZIP_OVERLAP--local-extra-field",
    /"bb" reaches into what follows it/,
    (zip) => void zip.writeUInt16LE(500, at.localB(zip) + 28),
  ],
  [
    "ZIP_LOCAL_HEADER--name",
    /^zip entry "bb" has another name in its own header than in the directory$/,
    (zip) => void zip.write("cc", at.localB(zip) + 30),
  ],
  [
    "ZIP_LOCAL_HEADER--method",
    /another method/,
    (zip) => void zip.writeUInt16LE(0, at.localB(zip) + 8),
  ],
  [
    "ZIP_LOCAL_HEADER--encryption",
    /another encryption/,
    (zip) => void zip.writeUInt16LE(1, at.localB(zip) + 6),
  ],
  [
    "ZIP_LOCAL_HEADER--checksum",
    /another checksum/,
    (zip) => void zip.writeUInt32LE(7, at.localB(zip) + 14),
  ],
  [
    "ZIP_LOCAL_HEADER--compressed-size",
    /another compressed size/,
    (zip) => void zip.writeUInt32LE(7, at.localB(zip) + 18),
  ],
  [
    "ZIP_LOCAL_HEADER--size",
    /another size/,
    (zip) => void zip.writeUInt32LE(7, at.localB(zip) + 22),
  ],
  [
    "ZIP_LOCAL_HEADER--signature",
    /another signature/,
    (zip) => void zip.writeUInt8(0, at.localB(zip)),
  ],
  [
    "ZIP_CRC--stored",
    /^zip entry "aa" does not match its checksum$/,
    (zip) => void zip.write("two", 32),
  ],
  [
    "ZIP_DATA--bad-block",
    /^zip entry "bb" cannot be inflated: its compressed bytes are damaged$/,
    (zip) => void zip.writeUInt8(0xff, at.localB(zip) + 32),
  ],
];

test.each(bad)("%s is refused", async (name, message, make) => {
  const zip = await goodZip();
  const made = make(zip) ?? zip;
  await expect(readAll(made)).rejects.toMatchObject({
    name: "TouchdownError",
    code: name.split("--")[0],
    message: expect.stringMatching(message),
  });
});

test("a zip of nothing but a false size, whichever way it is false, is refused", async () => {
  const compressed = zlib.deflateRawSync(repeated);
  const good = {
    path: "a",
    method: 8,
    crc32: zlib.crc32(repeated),
    size: repeated.length,
    compressed,
  } as const;
  const zipOf = async (entry: CopiedEntry) => (await writeZip([entry])).bytes;
  const size = { compressedSize: compressed.length };
  const more = await zipOf({ ...good, ...size, size: good.size - 1 });
  await expect(readAll(more)).rejects.toMatchObject({
    code: "ZIP_SIZE",
    message: 'zip entry "a" should have 1249 bytes and has 1250',
  });
  const muchMore = await zipOf({ ...good, ...size, size: 10 });
  await expect(readAll(muchMore)).rejects.toMatchObject({
    code: "ZIP_SIZE",
    message: 'zip entry "a" should have 10 bytes and has more',
  });
  const fewer = await zipOf({ ...good, ...size, size: good.size + 1 });
  await expect(readAll(fewer)).rejects.toMatchObject({ code: "ZIP_SIZE" });
  const trailing = Buffer.concat([compressed, text("x")]);
  const withTrailing = await zipOf({
    ...good,
    compressed: trailing,
    compressedSize: trailing.length,
  });
  await expect(readAll(withTrailing)).rejects.toMatchObject({
    code: "ZIP_DATA",
    message: 'zip entry "a" has bytes after its compressed data',
  });
});

test("a bomb is refused before anything is unpacked, unless it is allowed", async () => {
  const zeros = new Uint8Array(70 * 1024 * 1024);
  const compressed = zlib.deflateRawSync(zeros);
  const sizes = { size: zeros.length, compressedSize: compressed.length, crc32: zlib.crc32(zeros) };
  const { bytes, size } = await writeZip([{ path: "zeros", method: 8, ...sizes, compressed }]);
  await expect(readCentralDirectory(bytes)).rejects.toMatchObject({
    code: "ZIP_BOMB",
    message: `the zip's ${size} bytes would unzip to ${zeros.length}; the biggest entry is "zeros"`,
  });
  expect(await readCentralDirectory(bytes, { maxRatio: 2_000 })).toHaveLength(1);
});

test("a comment, even one that looks like an end record, hides nothing", async () => {
  const zip = await goodZip();
  for (const comment of ["made by hand", "PK\x05\x06".padEnd(40, "\0"), "x".repeat(65_535)]) {
    zip.writeUInt16LE(comment.length, at.end(zip.subarray(0, zip.length)) + 20);
    expect(await readAll(Buffer.concat([zip, Buffer.from(comment)]))).toHaveLength(2);
  }
});

test("the two end records of a zip64 must agree", async () => {
  const many = Array.from({ length: 65_535 }, (_, index) => ({
    path: String(index),
    bytes: new Uint8Array(),
  }));
  const zip = asBuffer((await writeZip(many)).bytes);
  zip.writeUInt32LE(5, at.end(zip) + 16);
  await expect(readCentralDirectory(zip)).rejects.toMatchObject({
    code: "ZIP_FORMAT",
    message: "the zip's two end records contradict each other",
  });
}, 60_000);

test("a zip is read from a file as from memory", async () => {
  const zip = await goodZip();
  await writeFile(join(folder, "a.zip"), zip);
  const handle = await open(join(folder, "a.zip"));
  try {
    const source = await fileSource(handle);
    const entries = await readCentralDirectory(source);
    expect(entries).toEqual(await readCentralDirectory(zip));
    for (const entry of entries)
      expect(await readEntry(source, entry)).toEqual(await readEntry(zip, entry));
  } finally {
    await handle.close();
  }
});

test("a damaged zip is refused or read, never a crash", async () => {
  const good = await goodZip();
  const place = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
  const damage = fc.array(place, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(good.length), async (bytes, length) => {
      const damaged = Buffer.from(length % 3 === 0 ? good.subarray(0, length) : good);
      for (const [offset, byte] of bytes) {
        if (offset < damaged.length) damaged.writeUInt8(byte, offset);
      }
      const outcome: unknown = await readAll(damaged).catch((error: unknown) => error);
      expect(Array.isArray(outcome) || outcome instanceof TouchdownError).toBe(true);
    }),
    { numRuns: 500 },
  );
});
