import { chmod, mkdtemp, rm, utimes } from "node:fs/promises";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeTree } from "../../../test/support/build-world.ts";
import { projectFiles } from "./project-files.ts";
import { treeHash } from "./tree-hash.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-tree-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const hasher = {
  hashOf: (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex"),
};
const hash = (name = "") => treeHash(join(folder, name), hasher);
const paths = () => projectFiles(folder).map(({ path }) => path);

test("what is no part of a project, or was left by a build, is not among its files", async () => {
  await writeTree(folder, {
    "pyproject.toml": "",
    "src/pkg/__init__.py": "",
    "src/pkg/__init__.pyc": "",
    "src/pkg/build/lib/kept.py": "",
    "src/pkg.egg-info/SOURCES.txt": "",
    "build/lib/pkg/gone.py": "",
    "build/lib.linux-x86_64-cpython-311/gone.py": "",
    "build/bdist.linux-x86_64/gone": "",
    "build/kept.py": "",
    "dist/pkg-1.0.tar.gz": "",
    "dist/pkg-1.0-py3-none-any.whl": "",
    "dist/kept.txt": "",
    "my env/pyvenv.cfg": "",
    "my env/bin/python": "",
    "my cache/CACHEDIR.TAG": "",
    "my cache/kept": "",
    ".git/HEAD": "",
    ".env": "",
    ".pylock.toml.0123456789ab.tmp": "half",
    "node_modules/x/index.js": "",
    "Touchdownfile.ts": "",
    "pylock.api.toml": "",
    "uv.lock": "",
  });
  expect(paths()).toEqual([
    "build/kept.py",
    "dist/kept.txt",
    "pyproject.toml",
    "src/pkg/__init__.py",
    "src/pkg/build/lib/kept.py",
  ]);
});

test("a tree's hash is of names, bytes and the executable bit; not of place, time or other bits", async () => {
  await writeTree(folder, { "a/x.py": "1", "b/x.py": "1" });
  const before = hash("a");
  expect(hash("b")).toBe(before);
  await utimes(join(folder, "a/x.py"), 0, 0);
  await chmod(join(folder, "a/x.py"), 0o600);
  expect(hash("a")).toBe(before);
  await chmod(join(folder, "a/x.py"), 0o755);
  expect(hash("a")).not.toBe(before);
  await writeTree(folder, { "b/x.py": "2" });
  expect(hash("b")).not.toBe(before);
  await writeTree(folder, { "b/x.py": "1", "b/y.py": "" });
  expect(hash("b")).not.toBe(before);
});

test("a tree's hash covers the version that a backend would be told", async () => {
  await writeTree(folder, { "x.py": "1" });
  const before = hash();
  vi.stubEnv("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_PKG", "1.2");
  expect(hash()).not.toBe(before);
});
