import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  copied,
  layOut,
  noise,
  plainEntries,
  text,
  type Plain,
} from "../../test/support/pack-entries.ts";
import { writeZip } from "../zip/write.ts";
import { pack, WheelDamaged } from "./pack.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-pack-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("any entries, wherever their bytes are and in whatever order, give the zip that writeZip makes", async () => {
  const shuffled = plainEntries.chain((entries) =>
    fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([entries, others]) => {
      const want = await writeZip(entries.map(copied));
      const path = join(folder, "a.zip");
      const { index: _, ...packed } = await pack(await layOut(folder, others), path);
      expect({ ...packed, bytes: [] }).toEqual({ ...want, bytes: [] });
      // a comparison of megabytes by vitest takes seconds
      expect((await readFile(path)).equals(want.bytes)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("any flipped byte of a wheel is refused, by name, or changes nothing", async () => {
  const entries: Plain[] = ["a-1.dist-info/RECORD", "b", "c/d", "e"].map((path, index) => ({
    path,
    mode: 0o644,
    bytes: index === 2 ? noise(index, 1_500_000) : text(`${path}\n`.repeat(20)),
    place: 0,
    gap: 10 * index,
  }));
  const staged = await layOut(folder, entries);
  const path = join(folder, "a.zip");
  const packed = await pack(staged, path);
  await rm(path);
  const ranges = staged.filter((entry) => entry.from === "wheel");
  const inHeader = (at: number): boolean =>
    !ranges.some((range) => at >= range.dataOffset && at < range.dataOffset + range.compressedSize);
  const describe = (error: unknown): string =>
    error instanceof WheelDamaged ? `${error.code} ${error.wheel} ${error.message}` : String(error);
  const refused =
    /^WHEEL_DAMAGED 0 the wheel of a-1 in the store is damaged: ".*" has other bytes$/;
  const wheel = join(folder, "wheel-0");
  const good = await readFile(wheel);
  const flipped = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(flipped, async ([at, flip]) => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ flip;
      await writeFile(wheel, bad);
      const outcome = await pack(staged, path).then(({ sha256: got }) => got, describe);
      expect(outcome).toMatch(inHeader(at) ? packed.sha256 : refused);
      const zip = inHeader(at) ? ["a.zip"] : [];
      expect(await readdir(folder)).toEqual([...zip, "wheel-0", "wheel-1"]);
      await rm(path, { force: true });
    }),
    { numRuns: 60, examples: [[[good.length - 1, 1]], [[31, 1]], [[45, 1]]] },
  );
  for (const length of [0, 40, good.length - 1]) {
    await writeFile(wheel, good.subarray(0, length));
    await expect(pack(staged, path)).rejects.toMatchObject({ code: "WHEEL_DAMAGED" });
  }
  await rm(wheel);
  await expect(pack(staged, path)).rejects.toMatchObject({ code: "WHEEL_DAMAGED" });
});

test("a source that changed since it was hashed is refused, and one that is gone", async () => {
  const [own] = await layOut(folder, [
    { path: "a.py", mode: 0o644, bytes: text("x = 1\n"), place: "file", gap: 0 },
  ]);
  await writeFile(join(folder, "own-0"), "x = 2\n");
  await expect(pack([own!], join(folder, "a.zip"))).rejects.toMatchObject({
    code: "ARTIFACT_CHANGED",
    message: `${join(folder, "own-0")} changed while it was packed`,
  });
  await rm(join(folder, "own-0"));
  await expect(pack([own!], join(folder, "a.zip"))).rejects.toMatchObject({ code: "FILE_READ" });
});

test("a zip's file has the mode that the umask leaves of 0644", async () => {
  const before = process.umask(0o077);
  try {
    await pack([], join(folder, "a.zip"));
    process.umask(0o000);
    await pack([], join(folder, "b.zip"));
  } finally {
    process.umask(before);
  }
  expect((await stat(join(folder, "a.zip"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "b.zip"))).mode & 0o777).toBe(0o644);
  await expect(pack([], join(folder, "absent", "a.zip"))).rejects.toMatchObject({
    code: "FILE_WRITE",
  });
});
