import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../../store/store.ts";
import { writeZip } from "../../zip/write.ts";
import { pinnedUv } from "./uv-pinned.ts";
import { findUv } from "./uv.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-uv-"));
  store = await openStore(join(folder, "store"));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(path: string, ...lines: readonly string[]): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, ["#!/bin/sh", ...lines, ""].join("\n"));
  await chmod(file, 0o755);
  return file;
}

const path = (...names: readonly string[]) => ({
  PATH: names.map((name) => join(folder, name)).join(delimiter),
});
const find = (environment: Record<string, string>) => findUv({ store, environment });

test("uv is the first on the PATH that runs and is new enough", async () => {
  await program("a/uv", "exit 1");
  await program("b/uv", "echo 'uv 0.6.14 (abc 2025-04-09)'");
  const good = await program("c/uv", "echo 'uv 0.10.0'");
  await program("d/uv", "echo 'uv 0.13.9'");
  expect(await find(path("a", "b", "c", "d"))).toEqual({ program: good, version: "0.10.0" });
});

test("without one it is fetched with pip by hash, once, and kept", async () => {
  const { bytes } = await writeZip([
    { path: "uv-9.data/scripts/uv", bytes: Buffer.from("#!/bin/sh\necho fetched\n") },
    { path: "uv-9.dist-info/METADATA", bytes: Buffer.from("") },
  ]);
  await writeFile(join(folder, "uv.whl"), bytes);
  await program(
    "bin/python3",
    `echo "$@" >> ${folder}/asked`,
    'for word; do folder="$word"; done',
    `/bin/cat "$folder/requirements.txt" > ${folder}/list`,
    `/bin/cp ${folder}/uv.whl "$folder/uv-9-py3-none-any.whl"`,
  );
  const uv = await find(path("bin"));
  expect(uv.version).toBe(pinnedUv.version);
  expect(await readFile(uv.program, "utf8")).toContain("echo fetched");
  expect((await stat(uv.program)).mode & 0o777).toBe(0o755);
  expect(await find(path("bin"))).toEqual(uv);
  const asked = await readFile(join(folder, "asked"), "utf8");
  expect(asked.trim().split("\n")).toHaveLength(1);
  expect(asked).toContain("-m pip download --require-hashes --no-deps --only-binary :all:");
  const list = await readFile(join(folder, "list"), "utf8");
  expect(list.split(" \\\n    ")).toEqual([
    `uv==${pinnedUv.version}`,
    ...pinnedUv.sha256.map((hash) => `--hash=sha256:${hash}`),
  ]);
});

test("without uv and pip, what to do is said, and what was tried", async () => {
  const old = await program("a/uv", "echo 'uv 0.5.0'");
  await expect(find(path("a"))).rejects.toMatchObject({
    code: "UV_MISSING",
    message: "uv 0.6.15 or newer is needed to lock and to build, and none on the PATH will do",
    hint: [
      "install it, for example with: pip install uv",
      `${old} is uv 0.5.0`,
      "pip would have fetched it, but there is no Python on the PATH either",
    ].join("\n"),
  });
});

test("what pip says is passed on without credentials", async () => {
  await program(
    "a/python3",
    "echo 'ERROR: no uv at https://me:secret@index.invalid/simple' >&2",
    "exit 1",
  );
  await expect(find(path("a"))).rejects.toMatchObject({
    code: "UV_MISSING",
    message: "uv 0.6.15 or newer is needed to lock and to build, and there is none on the PATH",
    hint: expect.stringContaining(
      "python3 -m pip could not fetch it: no uv at https://index.invalid/simple",
    ),
  });
});
