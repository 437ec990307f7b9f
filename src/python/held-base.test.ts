import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { layOut, noise, sha256, text, type Plain } from "../../test/support/pack-entries.ts";
import { HeldBase } from "./held-base.ts";
import { pack, repack, type OwnEntry, type PackBase } from "./pack.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-held-"));
});
afterEach(() => rm(folder, { recursive: true }));

const entriesOf = (dependency: number, code: string): readonly Plain[] => [
  { path: "app.py", mode: 0o644, bytes: text(code), place: "bytes", gap: 0 },
  { path: "lib/a.so", mode: 0o755, bytes: noise(dependency, 5_000), place: 0, gap: 0 },
];
const ownOf = (code: string): readonly OwnEntry[] => [
  { path: "app.py", mode: 0o644, from: "bytes", bytes: text(code) },
];

async function baseOf(dependency: number): Promise<PackBase & { readonly size: number }> {
  const path = join(folder, `base${dependency}.zip`);
  const { index, size } = await pack(await layOut(folder, entriesOf(dependency, "base")), path);
  return { path, index, size };
}

async function wanted(dependency: number, code: string): Promise<string> {
  const path = join(folder, "want.zip");
  return (await pack(await layOut(folder, entriesOf(dependency, code)), path)).sha256;
}

test("packages of two bases in turn, many at once, are each made from their own", async () => {
  const bases = [await baseOf(1), await baseOf(2)];
  const held = new HeldBase();
  const build = async (turn: number): Promise<string> => {
    const { size, ...base } = bases[Math.floor(turn / 5) % 2]!;
    const path = join(folder, `out${turn}.zip`);
    const make = (from: PackBase) => repack(ownOf(`x = ${turn}\n`), path, { base: from });
    const made = await held.use(base, size, make);
    expect(sha256(await readFile(path))).toBe(made?.sha256);
    return made?.sha256 ?? "";
  };
  const turns = Array.from({ length: 30 }, (_, turn) => turn);
  const made = await Promise.all(turns.map(build));
  for (const turn of turns)
    expect(made[turn]).toBe(await wanted((Math.floor(turn / 5) % 2) + 1, `x = ${turn}\n`));
});

test("a base that is damaged before it is held is no base, and afterwards changes nothing", async () => {
  const { size, ...base } = await baseOf(1);
  const good = await readFile(base.path);
  const bad = Buffer.from(good);
  bad[bad.length >> 1] = (bad[bad.length >> 1] ?? 0) ^ 1;
  const use = (held: HeldBase) =>
    held.use(base, size, (from) => repack(ownOf("x"), join(folder, "out.zip"), { base: from }));
  const [early, late] = [new HeldBase(), new HeldBase()];
  await use(early);
  await use(late);
  await use(late);
  await writeFile(base.path, bad);
  expect(await use(early)).toBeUndefined();
  expect((await use(late))?.sha256).toBe(await wanted(1, "x"));
});
