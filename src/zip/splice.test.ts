import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deflated } from "./deflate.ts";
import { readCentralDirectory } from "./read.ts";
import { spliceZip, type SplicedEntry, type SplicedZip } from "./splice.ts";
import { writeZip } from "./write.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-splice-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function splice(entries: readonly SplicedEntry[]): Promise<SplicedZip> {
  const file = await open(join(folder, "a.zip"), "w");
  try {
    return await spliceZip(entries, file.fd);
  } finally {
    await file.close();
  }
}

test("65,535 files need zip64 here too, in whatever order they come", async () => {
  const empty = deflated(new Uint8Array());
  const entries = Array.from({ length: 65_535 }, (_, index) => ({
    path: String(index),
    mode: 0o644 as const,
    from: empty,
  }));
  const { sha256 } = await splice(entries);
  const zip = await readFile(join(folder, "a.zip"));
  expect(await readCentralDirectory(zip)).toHaveLength(65_535);
  expect((await splice(entries.toReversed())).sha256).toBe(sha256);
});

test("a file that unzips to more than 4 GiB has a longer header, also within a run", async () => {
  const bytes = new TextEncoder().encode("compressed");
  await writeFile(join(folder, "wheel"), Buffer.concat([Buffer.alloc(31), bytes, bytes, bytes]));
  const sizes = { method: 8, crc32: 1, compressedSize: 3 } as const;
  const { crc32: rawCrc32 } = deflated(bytes.subarray(0, 3));
  const range = { ...sizes, rawCrc32, file: join(folder, "wheel") };
  const entries = [2 ** 32 + 5, 7, 2 ** 32 - 1].map((size, index) => ({
    path: `${index}`,
    mode: 0o644 as const,
    from: { ...range, size, dataOffset: 31 + 10 * index },
  }));
  const { sha256, unzippedSize } = await splice(entries);
  const { sha256: want } = await writeZip(
    entries.map(({ path, mode, from: { size } }) => ({
      path,
      mode,
      ...sizes,
      size,
      compressed: bytes.subarray(0, 3),
    })),
  );
  expect(sha256).toBe(want);
  expect(unzippedSize).toBe(2 ** 33 + 11);
});

test("bad paths are refused before the first byte", async () => {
  const from = deflated(new Uint8Array());
  const refused = (...paths: string[]): Promise<unknown> =>
    splice(paths.map((path) => ({ path, mode: 0o644, from })));
  for (const path of ["", "/a", "C:/a", "a\\b", "../a", "a/..", "./a", "a/.", "a//b", "a\0b", "a/"])
    await expect(refused("z", path)).rejects.toMatchObject({ code: "ZIP_PATH" });
  for (const paths of [
    ["a", "b", "a"],
    ["a/b/c", "a/b"],
    ["a", "a-b", "a/b"],
    ["d/e", "d/f/g/h", "d/f/i", "d/f/g"],
  ])
    await expect(refused(...paths)).rejects.toMatchObject({ code: "ZIP_DUPLICATE_PATH" });
  expect((await readFile(join(folder, "a.zip"))).length).toBe(0);
  // dots that mean nothing
  await refused("..a/b..", ".a", "a..", "a/.b", "...");
});
