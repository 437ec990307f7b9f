import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { crc32 } from "../zip/crc32.ts";
import { deflate } from "../zip/deflate.ts";
import { writeZip, type CopiedEntry } from "../zip/write.ts";
import { pack, WheelDamaged, type PackEntry } from "./pack.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-pack-"));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

type Plain = {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly bytes: Uint8Array;
  /** In which wheel, or how else it is given. */
  readonly place: 0 | 1 | "bytes" | "file" | "generated";
  /** Bytes between it and what is before it in its wheel. */
  readonly gap: number;
};

const part = fc
  .stringMatching(/^[a-zé𝄞ﬀ. -]{1,6}$/u)
  .filter((name) => name !== "." && name !== "..");
const plain: fc.Arbitrary<Plain> = fc.record({
  path: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
  mode: fc.constantFrom(0o644, 0o755),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 5 }).map((s) => text(s.repeat(100))),
    fc.nat().map((seed) => noise(seed, 70_000 + (seed % 1_200_000))),
  ),
  place: fc.constantFrom<Plain["place"][]>(0, 0, 0, 1, 1, "bytes", "file", "generated"),
  gap: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(400)),
});
const plainEntries = fc
  .uniqueArray(plain, { selector: (entry) => entry.path, maxLength: 12 })
  .filter((entries) => !entries.some((a) => entries.some((b) => b.path.startsWith(`${a.path}/`))));

function noise(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** As our deflate leaves it, but what it would take long over is known to stay as it is. */
function compress(bytes: Uint8Array): ReturnType<typeof deflate> {
  return bytes.length < 10_000 ? deflate(bytes) : { method: 0, compressed: bytes };
}

/** Lay the entries' bytes out in wheels and files, in this order; `gap` 0 is as wide as a local header. */
async function layOut(entries: readonly Plain[]): Promise<readonly PackEntry[]> {
  const wheels: [Buffer[], Buffer[]] = [[], []];
  const placed: PackEntry[] = [];
  for (const [index, { path, mode, bytes, place, gap }] of entries.entries()) {
    const { method, compressed } = compress(bytes);
    const size = bytes.length;
    const sizes = { method, crc32: crc32(bytes), size, compressedSize: compressed.length };
    const facts = { ...sizes, rawCrc32: crc32(compressed), dataOffset: 0 };
    const wheel = { path, mode, from: "wheel", ...facts } as const;
    if (place === "bytes" && bytes.length < 10_000)
      placed.push({ path, mode, from: "bytes", bytes });
    else if (place === "file" && bytes.length < 10_000) {
      const file = join(folder, `own-${index}`);
      await writeFile(file, bytes);
      placed.push({ path, mode, from: "file", file, size: bytes.length, sha256: sha256(bytes) });
    } else if (place === "generated") {
      const base64 = Buffer.from(index % 2 === 0 ? bytes : compressed).toString("base64");
      placed.push({ ...wheel, wheel: "2", file: "absent", bytes: base64 });
    } else {
      const header = gap === 0 ? 30 + Buffer.byteLength(path) : gap;
      const number = place === 1 ? 1 : 0;
      wheels[number].push(Buffer.alloc(header));
      const dataOffset = wheels[number].reduce((sum, { length }) => sum + length, 0);
      wheels[number].push(Buffer.from(compressed));
      const file = join(folder, `wheel-${number}`);
      placed.push({ ...wheel, dataOffset, wheel: String(number), file });
    }
  }
  for (const [place, pieces] of wheels.entries())
    await writeFile(join(folder, `wheel-${place}`), Buffer.concat(pieces));
  return placed;
}

function copied({ path, mode, bytes }: Plain): CopiedEntry {
  const { method, compressed } = compress(bytes);
  const sizes = { size: bytes.length, compressedSize: compressed.length };
  return { path, mode, method, crc32: crc32(bytes), ...sizes, compressed };
}

test("any entries, wherever their bytes are and in whatever order, give the zip that writeZip makes", async () => {
  const shuffled = plainEntries.chain((entries) =>
    fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([entries, others]) => {
      const want = await writeZip(entries.map(copied));
      const path = join(folder, "a.zip");
      expect({ ...(await pack(await layOut(others), path)), bytes: [] }).toEqual({
        ...want,
        bytes: [],
      });
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
  const staged = await layOut(entries);
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
  const [own] = await layOut([
    { path: "a.py", mode: 0o644, bytes: text("x = 1\n"), place: "file", gap: 0 },
  ]);
  await writeFile(join(folder, "own-0"), "x = 2\n");
  await expect(pack([own!], join(folder, "a.zip"))).rejects.toMatchObject({
    code: "ARTIFACT_CHANGED",
    message: `${join(folder, "own-0")} changed while it was being packed`,
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
