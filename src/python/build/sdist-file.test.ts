import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeSdist } from "../../../test/support/make-sdist.ts";
import { writeZip } from "../../zip/write.ts";
import { readSdistFile } from "./sdist-file.ts";
import { buildRequiresOfSdist } from "./sdist-requires.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-sdist-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function place(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

test("a file of an sdist is found beside PKG-INFO, not deeper, in a .tar.gz and in a .zip", async () => {
  const made = makeSdist(
    { "tests/pyproject.toml": "deep", "big.txt": "x".repeat(3_000), "pyproject.toml": "top" },
    { name: "one" },
  );
  const tar = await place(made.name, made.bytes);
  expect(Buffer.from((await readSdistFile(tar, "pyproject.toml")) ?? []).toString()).toBe("top");
  expect(await readSdistFile(tar, "setup.py")).toBeUndefined();
  const { bytes } = await writeZip([
    { path: "one-1/tests/pyproject.toml", bytes: Buffer.from("deep") },
    { path: "one-1/pyproject.toml", bytes: Buffer.from("top") },
  ]);
  const zip = await place("one-1.zip", bytes);
  expect(Buffer.from((await readSdistFile(zip, "pyproject.toml")) ?? []).toString()).toBe("top");
});

test("what an sdist needs to be built is its own word, or setuptools", async () => {
  const requires = '[build-system]\nrequires = ["flit_core"]\n';
  const modern = makeSdist({ "pyproject.toml": requires }, { name: "modern" });
  const path = await place(modern.name, modern.bytes);
  expect(await buildRequiresOfSdist({ path, name: modern.name })).toEqual(["flit_core"]);
  const legacy = makeSdist({ "setup.py": "" }, { name: "legacy" });
  expect(
    await buildRequiresOfSdist({ path: await place(legacy.name, legacy.bytes), name: "x" }),
  ).toEqual(["setuptools >= 40.8.0"]);
  const broken = await place("broken-1.tar.bz2", Buffer.from("BZh9"));
  await expect(buildRequiresOfSdist({ path: broken, name: "broken" })).rejects.toMatchObject({
    code: "SDIST",
  });
});
