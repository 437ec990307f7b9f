import * as zlib from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32, crc32ByTable } from "./crc32.ts";
import { readCentralDirectory } from "./read.ts";
import { readCompressed, readEntry } from "./read-entry.ts";
import { asBuffer, type ZipSource } from "./source.ts";
import { streamZip, writeZip, zipPieces, type CopiedEntry, type FreshEntry } from "./write.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const repeated = text("def handler(event, context):\n    return event\n".repeat(200));
const sample: readonly FreshEntry[] = [
  { path: "settings.json", bytes: text('{"queue": "myqueue"}\n') },
  { path: "mymodule.py", bytes: repeated },
  { path: "bin/tool", mode: 0o755, bytes: text("#!/bin/sh\n") },
  { path: "empty/__init__.py", bytes: new Uint8Array() },
  { path: "データ/naïve.txt", bytes: text("☃") },
];

const part = fc
  .stringMatching(/^[a-zé𝄞ﬀ. -]{1,6}$/u)
  .filter((name) => name !== "." && name !== "..");
const entryArbitrary = fc.record({
  path: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
  mode: fc.constantFrom(0o644 as const, 0o755 as const),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 5 }).map((s) => text(s.repeat(100))),
  ),
});
const entriesArbitrary = fc
  .uniqueArray(entryArbitrary, { selector: (entry) => entry.path, maxLength: 12 })
  .filter((entries) => !entries.some((a) => entries.some((b) => b.path.startsWith(`${a.path}/`))));

test("any files read back as they were written, and any order gives the same bytes", async () => {
  const shuffled = entriesArbitrary.chain((entries) =>
    fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([entries, others]) => {
      const zip = await writeZip(entries);
      expect((await writeZip(others)).sha256).toBe(zip.sha256);
      const read = await readCentralDirectory(zip.bytes);
      const back = await Promise.all(
        read.map(async (entry) => ({
          path: entry.path,
          mode: entry.mode,
          bytes: new Uint8Array(await readEntry(zip.bytes, entry)),
        })),
      );
      const byPath = (list: typeof entries) =>
        new Map(list.map((e) => [e.path, { ...e, bytes: [...e.bytes] }]));
      expect(byPath(back as typeof entries)).toEqual(byPath(entries));
      expect(zip.size).toBe(zip.bytes.length);
      expect(zip.unzippedSize).toBe(entries.reduce((sum, entry) => sum + entry.bytes.length, 0));
    }),
    { numRuns: 100 },
  );
}, 60_000);

test("entries copied compressed from another zip come out as the same bytes", async () => {
  const first = await writeZip(sample);
  const copies: CopiedEntry[] = [];
  for (const entry of await readCentralDirectory(first.bytes)) {
    const compressed = await readCompressed(first.bytes, entry);
    const mode = entry.mode === 0o755 ? 0o755 : 0o644;
    async function* halves(): AsyncGenerator<Uint8Array> {
      yield compressed.subarray(0, 7);
      yield compressed.subarray(7);
    }
    copies.push({ ...entry, mode, compressed: copies.length % 2 === 0 ? compressed : halves });
  }
  expect(await writeZip(copies.reverse())).toEqual(first);
});

test("a copied entry keeps what another zlib made of it", async () => {
  const compressed = zlib.deflateRawSync(repeated, { level: 1 });
  const sizes = {
    size: repeated.length,
    compressedSize: compressed.length,
    crc32: crc32(repeated),
  };
  const zip = await writeZip([{ path: "a", method: 8, ...sizes, compressed }]);
  expect(asBuffer(zip.bytes).includes(compressed)).toBe(true);
  const [entry] = await readCentralDirectory(zip.bytes);
  expect(entry && asBuffer(await readEntry(zip.bytes, entry)).equals(repeated)).toBe(true);
});

test("a file's bytes are asked for when its turn comes, and every piece is handed on before the next", async () => {
  const seen: string[] = [];
  const late = (path: string): FreshEntry => ({
    path,
    bytes: () => Promise.resolve((seen.push(path), text(path))),
  });
  const pieces: Uint8Array[] = [];
  const summary = await streamZip([late("b"), late("a")], async (piece) => {
    await Promise.resolve();
    seen.push(String(piece.length));
    pieces.push(piece);
  });
  expect(seen).toEqual(["a", "31", "1", "b", "31", "1", "47", "47", "22"]);
  const whole = await writeZip([
    { path: "a", bytes: text("a") },
    { path: "b", bytes: text("b") },
  ]);
  expect({ ...summary, bytes: Buffer.concat(pieces) }).toEqual(whole);
});

test("the zip of an example is the same, byte for byte, on every machine and in every version", async () => {
  const { sha256, size } = await writeZip(sample);
  expect({ sha256, size }).toMatchInlineSnapshot(`
    {
      "sha256": "82da336e151c623735cbb5eda12b1592d44e2b1ca8376046058c7d94d9f74440",
      "size": 658,
    }
  `);
  expect((await writeZip([])).sha256).toBe(
    "8739c76e681f900923b900c9df0ef75cf421d39cabb54650c4b9ad19b6a76d85",
  );
});

test.each(["UTC", "Pacific/Kiritimati"])(
  "the time zone %s and the umask change nothing",
  async (zone) => {
    const want = await writeZip(sample);
    const before = {
      zone: process.env["TZ"],
      umask: process.umask(zone === "UTC" ? 0o000 : 0o077),
    };
    process.env["TZ"] = zone;
    try {
      expect(await writeZip(sample)).toEqual(want);
    } finally {
      process.umask(before.umask);
      if (before.zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before.zone;
    }
  },
);

test("bad paths are refused before the first byte", async () => {
  const refused = (...paths: string[]) =>
    streamZip(
      paths.map((path) => ({ path, bytes: text("") })),
      () => expect.unreachable(),
    );
  for (const path of [
    "",
    "/a",
    "C:/a",
    "a\\b",
    "../a",
    "a/../b",
    "./a",
    "a//b",
    "a\0b",
    "a/",
    "\uD800",
  ]) {
    await expect(refused("z", path)).rejects.toMatchObject({
      code: "ZIP_PATH",
    });
  }
  await expect(refused("a".repeat(65_536))).rejects.toMatchObject({ code: "ZIP_PATH" });
  await expect(refused("a", "b", "a")).rejects.toMatchObject({
    code: "ZIP_DUPLICATE_PATH",
    message: 'zip entry "a" is in the zip twice',
  });
  await expect(refused("a/b/c", "a/b")).rejects.toMatchObject({
    code: "ZIP_DUPLICATE_PATH",
    message: 'zip entry "a/b" is a file and also the folder of "a/b/c"',
  });
});

test("a copied entry with more or fewer bytes than it says is refused", async () => {
  const copied = { path: "a", method: 0, crc32: 0, size: 3, compressedSize: 3 } as const;
  for (const length of [2, 4]) {
    const compressed = new Uint8Array(length);
    await expect(writeZip([{ ...copied, compressed }])).rejects.toMatchObject({ code: "ZIP_SIZE" });
  }
});

/** Keeps what is small; bigger pieces are read back as zeros. */
async function sparse(entries: readonly CopiedEntry[]): Promise<ZipSource> {
  const kept: { at: number; piece: Uint8Array }[] = [];
  let size = 0;
  for await (const { piece } of zipPieces(entries)) {
    if (piece.length < 1_000) kept.push({ at: size, piece });
    size += piece.length;
  }
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.min(length, size - offset));
      for (const { at, piece } of kept) {
        const start = Math.max(at, offset);
        const end = Math.min(at + piece.length, offset + bytes.length);
        if (start < end) bytes.set(piece.subarray(start - at, end - at), start - offset);
      }
      return Promise.resolve(bytes);
    },
  };
}

test("files and zips beyond 4 GiB are written and read as zip64", async () => {
  const block = new Uint8Array(64 * 1024 * 1024);
  async function* zeros(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < 65; count++) yield block;
  }
  const size = 65 * block.length;
  const zip = await sparse([
    { path: "a", method: 0, crc32: 1, size, compressedSize: size, compressed: zeros },
    {
      path: "b",
      method: 0,
      crc32: crc32(text("b")),
      size: 1,
      compressedSize: 1,
      compressed: text("b"),
    },
    {
      path: "c",
      method: 8,
      crc32: 2,
      size: 2 ** 32 - 1,
      compressedSize: 2,
      compressed: text(".."),
    },
  ]);
  const entries = await readCentralDirectory(zip);
  expect(
    entries.map(({ path, size: length, localHeaderOffset }) => [path, length, localHeaderOffset]),
  ).toEqual([
    ["a", size, 0],
    ["b", 1, 30 + 1 + 20 + size],
    ["c", 2 ** 32 - 1, 30 + 1 + 20 + size + 30 + 1 + 1],
  ]);
  const [, second] = entries;
  expect(second && asBuffer(await readEntry(zip, second)).toString()).toBe("b");
});

const many = Array.from({ length: 65_535 }, (_, index) => ({
  path: String(index),
  bytes: new Uint8Array(),
}));

test("65,535 files need zip64, one fewer do not", async () => {
  const zip = await writeZip(many);
  expect(await readCentralDirectory(zip.bytes)).toHaveLength(65_535);
  const fewer = await writeZip(many.slice(1));
  expect(await readCentralDirectory(fewer.bytes)).toHaveLength(65_534);
  expect(zip.size - fewer.size).toBe(56 + 20 + 30 + 46 + 2);
}, 60_000);

test("the checksum is CRC-32, whole or in parts, with Node's own or without", () => {
  for (const checksum of [crc32, crc32ByTable])
    expect(checksum(text("123456789"))).toBe(0xcbf43926);
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      const whole = crc32ByTable(Buffer.concat([a, b]));
      expect(crc32ByTable(b, crc32ByTable(a))).toBe(whole);
      expect(crc32(b, crc32(a))).toBe(whole);
    }),
  );
  const long = text("x = 1\n".repeat(20_000));
  expect(crc32(long)).toBe(crc32ByTable(long));
});
