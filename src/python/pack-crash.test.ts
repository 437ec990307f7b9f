/** What is left of a pack that is killed, that has no room, or that another does at the same time. */
import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { layOut, noise, text } from "../../test/support/pack-entries.ts";
import { sha256File } from "../host/files.ts";
import { pack, type PackEntry } from "./pack.ts";

let folder: string;
let entries: readonly PackEntry[];
let want: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-crash-"));
  const files = Array.from({ length: 24 }, (_, index) => ({
    path: `lib/${index}`,
    mode: 0o644 as const,
    bytes: noise(index, 900_000),
    place: 0 as const,
    gap: 0,
  }));
  const own = {
    path: "app.py",
    mode: 0o644,
    bytes: text("x = 1\n"),
    place: "file",
    gap: 0,
  } as const;
  entries = await layOut(folder, [...files, own]);
  want = (await pack(entries, join(folder, "want.zip"))).sha256;
  await writeFile(join(folder, "entries.json"), JSON.stringify(entries));
  await writeFile(
    join(folder, "child.ts"),
    `import { readFileSync } from "node:fs";
import { pack } from ${JSON.stringify(resolve(import.meta.dirname, "pack.ts"))};
const [, , entries = "", path = ""] = process.argv;
process.stdout.write("ready");
await pack(JSON.parse(readFileSync(entries, "utf8")), path);`,
  );
  const outfile = join(folder, "child.mjs");
  const entryPoints = [join(folder, "child.ts")];
  await build({ entryPoints, outfile, bundle: true, format: "esm", platform: "node" });
});
afterAll(() => rm(folder, { recursive: true }));

function packing(path: string): ReturnType<typeof spawn> {
  const words = [join(folder, "child.mjs"), join(folder, "entries.json"), path];
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
}

const exit = (child: ReturnType<typeof spawn>): Promise<unknown> =>
  new Promise((done) => child.on("exit", (code, signal) => done(code ?? signal)));

test("killed at any moment, the zip is whole or absent, and the next one is whole", async () => {
  const path = join(folder, "killed", "a.zip");
  await mkdir(join(folder, "killed"));
  for (const delayMs of [0, 1, 2, 4, 8, 12, 16, 24, 32, 64]) {
    const child = packing(path);
    const ended = exit(child);
    await new Promise((begun) => child.stdout?.once("data", begun));
    await new Promise((later) => setTimeout(later, delayMs));
    child.kill("SIGKILL");
    await ended;
    expect([undefined, want]).toContain(await sha256File(path));
    await rm(path, { force: true });
  }
  expect((await pack(entries, path)).sha256).toBe(want);
  expect(await sha256File(path)).toBe(want);
});

test("two processes that write the same zip both succeed, and it is whole", async () => {
  const path = join(folder, "b.zip");
  const children = [packing(path), packing(path), packing(path)];
  expect(await Promise.all(children.map(exit))).toEqual([0, 0, 0]);
  expect(await sha256File(path)).toBe(want);
  await Promise.all([pack(entries, path), pack(entries, path)]);
  expect(await sha256File(path)).toBe(want);
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("on a full disk the error says so, and nothing is left behind", async (context) => {
  const small = join(folder, "small");
  await mkdir(small);
  const mount = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", small];
  if (spawnSync("mount", mount).status !== 0) context.skip("needs to mount a small disk");
  try {
    const path = join(small, "a.zip");
    await expect(pack(entries, path)).rejects.toMatchObject({
      code: "FILE_WRITE",
      message: `cannot write ${path}: no space left on device`,
    });
    expect(await readdir(small)).toEqual([]);
    const [app] = entries.filter(({ from }) => from === "file");
    await pack([app!], path);
    expect((await stat(path)).size).toBeGreaterThan(100);
  } finally {
    spawnSync("umount", [small]);
  }
});
