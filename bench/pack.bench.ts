/**
 * From staged entries to a zip and its sha256, against the least that must be done: read the wheels, write them, hash
 * them, in an otherwise empty Node. Goals: an edit 1.25 × (M, L), 1.5 × (S); 300 packages 2 ×; at most 150 MB; within
 * 1 % of `zip -9`.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { esModule } from "../scripts/bundle.mjs";
import { fastest, printRatios } from "./support/fastest.ts";
import { peakMegabytes } from "./support/measure.ts";
import { noiseWheel } from "./support/noise-wheel.ts";
import { wheelEntries } from "./support/wheel-entries.ts";
import { wheelSet, type SetName } from "./support/wheel-sets.ts";

const folder = await mkdtemp(join(tmpdir(), "touchdown-bench-"));
const child = join(folder, "pack-children.mjs");
try {
  await build({
    ...esModule,
    entryPoints: [resolve(import.meta.dirname, "support/pack-children.ts")],
    outdir: folder,
  });
  await writeFile(join(folder, "app.py"), "def handler(event, context):\n    return event\n");
  for (const name of ["S", "M", "L"] as const) {
    const wheels = wheelSet(name);
    await edit(name, wheels, { rounds: 8 });
    await size(name, wheels);
  }
  await edit("240 MB", [await noiseWheel(join(folder, "noise-1.whl"))], { rounds: 3 });
  await threeHundred();
} finally {
  await rm(folder, { recursive: true });
}

async function edit(
  name: string,
  wheels: readonly string[],
  { rounds }: { rounds: number },
): Promise<void> {
  const set = name.replaceAll(" ", "");
  const zip = join(folder, `${set}.zip`);
  await writeFile(join(folder, `${set}-wheels.json`), JSON.stringify(wheels));
  await writeFile(join(folder, `${set}.json`), JSON.stringify(await wheelEntries(wheels)));
  await writeFile(join(folder, "app.py"), "def handler(event, context):\n    return event\n");
  run("base", join(folder, `${set}.json`), zip);
  await writeFile(join(folder, "app.py"), "def handler(event, context):\n    return context\n");
  const contenders = [
    { name: "read, write, hash", words: [child, "limit", join(folder, `${set}-wheels.json`), zip] },
    { name: "one line edited", words: [child, "repack", join(folder, `${set}.json`), zip] },
    { name: "all from the wheels", words: [child, "pack", join(folder, `${set}.json`), zip] },
  ];
  console.log(`${name}: ${wheels.length} wheels, ${megabytes((await stat(zip)).size)} zipped`);
  printRatios(contenders, fastest(contenders, { rounds }));
  for (const { name: what, words } of contenders.slice(1))
    console.log(
      `  peak memory, ${what}: ${peakMegabytes({ name: what, words: [process.execPath, ...words] }).toFixed(1)} MB`,
    );
}

/** The same files by `zip -9`, if it is there; the largest set takes half a minute. */
async function size(name: SetName, wheels: readonly string[]): Promise<void> {
  const files = join(folder, `${name}-files`);
  for (const wheel of wheels) spawnSync("unzip", ["-qo", wheel, "-d", files]);
  spawnSync("cp", [join(folder, "app.py"), files]);
  const zipped = spawnSync("zip", ["-9qrDX", join(folder, "nine.zip"), "."], { cwd: files });
  if (zipped.status !== 0) return console.log("  size: needs zip and unzip");
  const ours = (await stat(join(folder, `${name}.zip`))).size;
  const theirs = (await stat(join(folder, "nine.zip"))).size;
  console.log(`  size: ${(ours / theirs).toFixed(4)} × zip -9`);
  await rm(join(folder, "nine.zip"));
  await rm(files, { recursive: true });
}

/** Thirty wheels that 300 packages share, one of them new, so that every zip is made anew from the wheels. */
async function threeHundred(): Promise<void> {
  const all = (["S", "M", "L"] as const).flatMap((name) => wheelSet(name));
  const byName = new Map(all.map((wheel) => [wheel.slice(wheel.lastIndexOf("/")), wheel]));
  const sized = await Promise.all(
    [...byName.values()].map(async (wheel) => ({ wheel, size: (await stat(wheel)).size })),
  );
  const wheels = sized
    .toSorted((a, b) => a.size - b.size)
    .slice(0, 30)
    .map(({ wheel }) => wheel);
  const input = join(folder, "300.json");
  await writeFile(input, JSON.stringify(await wheelEntries(wheels)));
  await writeFile(join(folder, "300-wheels.json"), JSON.stringify(wheels));
  const zip = join(folder, "300.zip");
  const contenders = [
    {
      name: "read, write, hash",
      words: [child, "limit-300", join(folder, "300-wheels.json"), zip],
    },
    { name: "300 packages", words: [child, "pack-300", input, zip] },
  ];
  console.log(`300 packages of the same ${wheels.length} wheels`);
  printRatios(contenders, fastest(contenders, { rounds: 3 }));
}

function run(...words: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [child, ...words]);
  if (status !== 0) throw new Error(String(stderr));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
