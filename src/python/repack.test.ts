import { statSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  layOut,
  noise,
  plainEntries,
  sha256,
  text,
  type Plain,
} from "../../test/support/pack-entries.ts";
import { stampOf } from "../host/file-stamp.ts";
import type { ZipSummary } from "../zip/write.ts";
import type { DeflateCache, Kept } from "./compress-file.ts";
import {
  hold,
  pack,
  repack,
  type OwnEntry,
  type PackBase,
  type PackEntry,
  type Packed,
} from "./pack.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-repack-"));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

const owned = (entries: readonly PackEntry[]): OwnEntry[] =>
  entries.flatMap((entry) => (entry.from === "wheel" ? [] : [entry]));

/** As it comes back from a store. */
const recalled = (path: string, packed: Packed): PackBase => ({
  path,
  index: JSON.parse(JSON.stringify(packed.index)) as PackBase["index"],
});

const edit = fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0o644, 0o755));

/** Some of the own entries get other bytes, and another mode. */
function edited(
  entries: readonly Plain[],
  edits: readonly (typeof edit extends fc.Arbitrary<infer Edit> ? Edit : never)[],
): Plain[] {
  return entries.map((entry, index) => {
    const found = edits.find(([at]) => at % entries.length === index);
    const own = entry.place === "bytes" || entry.place === "file";
    if (!own || found === undefined || entry.bytes.length >= 10_000) return entry;
    const [, bytes, mode] = found;
    return { ...entry, bytes, mode: mode === 0o755 ? 0o755 : 0o644 };
  });
}

const summary = ({ size, unzippedSize, sha256: hash }: Packed): ZipSummary => ({
  size,
  unzippedSize,
  sha256: hash,
});

test("with a base or without, and whatever was edited, the zip and what is remembered of it are the same", async () => {
  const runs = fc.tuple(plainEntries, fc.array(edit, { maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(runs, async ([entries, edits]) => {
      const place = (name: string): string => join(folder, name);
      const before = await layOut(folder, entries);
      const base = recalled(place("base.zip"), await pack(before, place("base.zip")));
      const now = await layOut(folder, edited(entries, edits));
      const want = await pack(now, place("want.zip"));
      expect(await pack(now, place("packed.zip"), { base })).toEqual(want);
      const facts = summary(want);
      expect(await repack(owned(now).reverse(), place("repacked.zip"), { base })).toEqual(facts);
      const held = { ...base, bytes: hold(base)! };
      expect(await repack(owned(now), place("held.zip"), { base: held })).toEqual(facts);
      const bytes = await readFile(place("want.zip"));
      for (const name of ["packed.zip", "repacked.zip", "held.zip"])
        expect(bytes.equals(await readFile(place(name)))).toBe(true);
      const again = { base: recalled(place("repacked.zip"), want) };
      const back = await repack(owned(await layOut(folder, entries)), place("back.zip"), again);
      expect(back?.sha256).toBe(sha256(await readFile(place("base.zip"))));
    }),
    { numRuns: 60 },
  );
});

const sample: readonly Plain[] = [
  { path: "a-1.dist-info/RECORD", mode: 0o644, bytes: text("a,,\n"), place: 0, gap: 0 },
  { path: "app.py", mode: 0o644, bytes: text("x = 1\n".repeat(50)), place: "file", gap: 0 },
  { path: "lib/big.so", mode: 0o755, bytes: noise(1, 1_200_000), place: 0, gap: 0 },
  { path: "settings.json", mode: 0o644, bytes: text("{}"), place: "bytes", gap: 0 },
  { path: "z/__init__.py", mode: 0o644, bytes: text(""), place: 1, gap: 0 },
];

test("any flipped byte of a base is refused, or changes nothing", async () => {
  const path = join(folder, "base.zip");
  const before = await layOut(folder, sample);
  const base = recalled(path, await pack(before, path));
  const changedEntries = sample.map((entry) =>
    entry.path === "app.py" ? { ...entry, bytes: text("y = 2\n") } : entry,
  );
  const now = await layOut(folder, changedEntries);
  const want = await pack(now, join(folder, "want.zip"));
  const good = await readFile(path);
  const flipped = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(flipped, async ([at, flip]) => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ flip;
      await writeFile(path, bad);
      for (const bytes of [undefined, hold(base)]) {
        const from = bytes === undefined ? base : { ...base, bytes };
        const repacked = await repack(owned(now), join(folder, "out.zip"), { base: from });
        expect([undefined, want.sha256]).toContain(repacked?.sha256);
      }
      expect(await pack(now, join(folder, "out.zip"), { base })).toEqual(want);
      expect(await readdir(folder)).toHaveLength(6);
    }),
    { numRuns: 40, examples: [[[good.length - 1, 1]], [[0, 1]], [[good.length - 60, 1]]] },
  );
  for (const length of [0, 40, good.length - 30]) {
    await writeFile(path, good.subarray(0, length));
    expect(hold(base)).toBeUndefined();
    expect(await repack(owned(now), join(folder, "out.zip"), { base })).toBeUndefined();
    expect(await pack(now, join(folder, "out.zip"), { base })).toEqual(want);
  }
  await rm(path);
  expect(hold(base)).toBeUndefined();
  expect(await repack(owned(now), join(folder, "out.zip"), { base })).toBeUndefined();
  expect(await pack(now, join(folder, "out.zip"), { base })).toEqual(want);
});

test("a base that was checked is checked again when its file has changed, whatever time it shows, and only then", async () => {
  const path = join(folder, "base.zip");
  const out = join(folder, "out.zip");
  const before = await layOut(folder, sample);
  const base = recalled(path, await pack(before, path));
  const now = await layOut(
    folder,
    sample.map((entry) => (entry.path === "app.py" ? { ...entry, bytes: text("y\n") } : entry)),
  );
  const want = summary(await pack(now, join(folder, "want.zip")));
  const racy = await repack(owned(now), out, { base });
  expect(racy).toEqual(want);
  expect(racy?.checked).toBeUndefined();
  // whole seconds can be put back exactly, so that only ctime tells
  await utimes(path, 1_000, 1_000);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });
  const first = await repack(owned(now), out, { base });
  const checked = first?.checked;
  expect(first).toEqual({ ...want, checked: expect.any(String) as string });
  expect(await repack(owned(now), out, { base: { ...base, checked: checked! } })).toEqual(first);
  const held = { ...base, bytes: hold(base)! };
  expect(await repack(owned(now), out, { base: { ...held, checked: checked! } })).toEqual(first);
  const bad = await readFile(path);
  const at = bad.indexOf(noise(1, 1_200_000).subarray(0, 40));
  bad[at] = (bad[at] ?? 0) ^ 1;
  await writeFile(path, bad);
  await utimes(path, 1_000, 1_000);
  const changedBase = { ...base, checked: checked! };
  expect(await repack(owned(now), out, { base: changedBase })).toBeUndefined();
  // what shows that an unchanged file is not checked: this one's stamp says so, and it is bad
  const stamped = stampOf(statSync(path, { bigint: true }));
  const trusting = await repack(owned(now), out, { base: { ...base, checked: stamped } });
  expect(trusting?.unzippedSize).toBe(want.unzippedSize);
  expect(trusting?.sha256).not.toBe(want.sha256);
});

test("a base with other own files is no base", async () => {
  const path = join(folder, "base.zip");
  const entries = await layOut(folder, sample);
  const base = recalled(path, await pack(entries, path));
  const [first, ...others] = owned(entries);
  const out = join(folder, "out.zip");
  expect(await repack(others, out, { base })).toBeUndefined();
  expect(await repack([...others, { ...first!, path: "app2.py" }], out, { base })).toBeUndefined();
  const more = { path: "b.py", mode: 0o644, from: "bytes", bytes: text("") } as const;
  expect(await repack([first!, ...others, more], out, { base })).toBeUndefined();
  expect(await readdir(folder)).not.toContain("out.zip");
});

test("an unchanged source is taken from the base, a changed one deflated once and kept", async () => {
  const kept = new Map<string, Kept>();
  const asked: string[] = [];
  const deflated: DeflateCache = {
    get: (hash) => (asked.push(hash), kept.get(hash)),
    put: (hash, bytes) => void kept.set(hash, bytes),
  };
  const big = text("def handler(event, context): return 1\n".repeat(1_000));
  const hash = sha256(big);
  const file = join(folder, "own");
  const facts = { from: "file", file, size: big.length, sha256: hash } as const;
  const entries: OwnEntry[] = [{ path: "big.py", mode: 0o644, ...facts }];
  await writeFile(file, big);
  const path = join(folder, "a.zip");
  const first = await pack(entries, path, { deflated });
  expect([...kept.keys()]).toEqual([hash]);
  // the file is gone, so its bytes must be from what was kept
  await rm(file);
  expect(await pack(entries, join(folder, "b.zip"), { deflated })).toEqual(first);
  expect(asked).toEqual([hash, hash]);
  expect(await pack(entries, join(folder, "b.zip"), { base: recalled(path, first) })).toEqual(
    first,
  );
  await writeFile(file, big);
  kept.get(hash)!.compressed[5]! ^= 1;
  expect(await pack(entries, join(folder, "b.zip"), { deflated })).toEqual(first);
});

test("a source too big for memory is deflated to the same bytes, and leaves nothing else behind", async () => {
  const bytes = Buffer.alloc(9 * 1024 * 1024, "def handler(event, context): return event\n");
  const big: Plain = { path: "big.txt", mode: 0o644, bytes, place: "file", gap: 0 };
  const small: Plain = { path: "z.py", mode: 0o644, bytes: text("x = 1"), place: "file", gap: 0 };
  await writeFile(join(folder, "own-0"), bytes);
  await writeFile(join(folder, "own-1"), small.bytes);
  const entries = [big, small].map(({ path, mode, bytes: { length: size } }, index): OwnEntry => ({
    path,
    mode,
    from: "file",
    file: join(folder, `own-${index}`),
    size,
    sha256: sha256([big, small][index]!.bytes),
  }));
  const path = join(folder, "a.zip");
  const inMemory = entries.map(({ path: at, mode }, index): OwnEntry => {
    return { path: at, mode, from: "bytes", bytes: [big, small][index]!.bytes };
  });
  const packed = await pack(entries, path);
  expect(packed).toEqual(await pack(inMemory, join(folder, "b.zip")));
  expect(await repack(entries, join(folder, "c.zip"), { base: recalled(path, packed) })).toEqual(
    summary(packed),
  );
  await writeFile(join(folder, "own-0"), bytes.fill("x", 9_000_000, 9_000_001));
  await expect(pack(entries, path)).rejects.toMatchObject({ code: "ARTIFACT_CHANGED" });
  await writeFile(join(folder, "own-0"), bytes.subarray(1));
  await expect(pack(entries, path)).rejects.toMatchObject({ code: "ARTIFACT_CHANGED" });
  expect(await readdir(folder)).toEqual(["a.zip", "b.zip", "c.zip", "own-0", "own-1"]);
});

test("a big source that cannot be made shorter is stored", async () => {
  const bytes = noise(5, 8 * 1024 * 1024 + 5);
  await writeFile(join(folder, "own"), bytes);
  const entry: OwnEntry = {
    path: "noise",
    mode: 0o644,
    from: "file",
    file: join(folder, "own"),
    size: bytes.length,
    sha256: sha256(bytes),
  };
  const packed = await pack([entry], join(folder, "a.zip"));
  const { sha256: want } = await pack(
    [{ path: "noise", mode: 0o644, from: "bytes", bytes }],
    join(folder, "b.zip"),
  );
  expect(packed.sha256).toBe(want);
  expect(packed.size).toBe(bytes.length + 30 + 5 + 46 + 5 + 22);
});
