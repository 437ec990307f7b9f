import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "smol-toml";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { ToBuild } from "../../src/python/build/to-build.ts";
import {
  buildsLockState,
  compileBuildsLock,
  readBackends,
} from "../../src/python/locking/builds-lock.ts";
import { compileLock } from "../../src/python/locking/compile-lock.ts";
import { readLock } from "../../src/python/lock/read-lock.ts";
import type { LockRequest } from "../../src/python/locking/lock-request.ts";
import { lockState, requireCurrentLock } from "../../src/python/locking/lock-state.ts";
import { readLockTable } from "../../src/python/locking/lock-table.ts";
import type { Uv } from "../../src/python/uv/uv.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex, type PackageIndex } from "../support/package-index.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

const backend = makeWheel({ "tinybackend.py": "" }, { name: "tinybackend", version: "2.0" });
const onlySdist = makeSdist(
  {
    "pyproject.toml": '[build-system]\nrequires = ["tinybackend"]\nbuild-backend = "tinybackend"\n',
    "PKG-INFO": "Metadata-Version: 2.2\nName: sdistonly\nVersion: 1.0\n",
  },
  { name: "sdistonly" },
);

/** Has a wheel for one of the two architectures. */
const halfWheel = makeWheel(
  { "half.py": "" },
  { name: "half", tag: "cp311-cp311-manylinux_2_17_x86_64" },
);
const halfSdist = makeSdist({ "setup.py": "" }, { name: "half" });

let index: PackageIndex;
let uv: Uv | undefined;
let folder: string;

beforeAll(async () => {
  uv = await uvForTests();
  index = await startPackageIndex([
    makeWheel({ "base.py": "" }, { name: "base", version: "1.0" }),
    makeWheel({ "top.py": "" }, { name: "top", version: "1.0", requires: ["base"] }),
    makeWheel({ "extra.py": "" }, { name: "extra", version: "1.0" }),
    makeWheel({ "old.py": "" }, { name: "old", version: "1.0" }),
    makeSdist({}, { name: "setuptools", version: "80.0" }),
    makeWheel({ "setuptools.py": "" }, { name: "setuptools", version: "80.0" }),
    makeWheel({ "wheel.py": "" }, { name: "wheel", version: "0.45" }),
    backend,
    onlySdist,
    halfWheel,
    halfSdist,
  ]);
});
afterAll(() => index.stop());

beforeEach(async (context) => {
  if (uv === undefined) context.skip("needs uv");
  folder = await realpath(await mkdtemp(join(tmpdir(), "touchdown-lock-")));
  vi.stubEnv("UV_DEFAULT_INDEX", index.url);
  vi.stubEnv("UV_CACHE_DIR", join(folder, "uv-cache"));
  vi.stubEnv("PIP_FIND_LINKS", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const request = (more: Partial<LockRequest> = {}): LockRequest => ({
  folder,
  requirements: [join(folder, "requirements.txt")],
  extras: [],
  groups: [],
  minors: [11],
  ...more,
});

const fetchSdists = () => Promise.resolve(new Map<string, string>());
const options = (more = {}) => ({ uv: uv!, fetchSdists, ...more });
const lock = async (name = "pylock.toml"): Promise<string> => readFile(join(folder, name), "utf8");
const versions = async (): Promise<Record<string, string>> => {
  const packages = parse(await lock())["packages"] as { name: string; version: string }[];
  return Object.fromEntries(packages.map((one) => [one.name, one.version]));
};

describe("a lock", () => {
  test("holds every package with hashes, and says that touchdown wrote it", async () => {
    await write({ "requirements.txt": "top\n" });
    expect(lockState(request())).toBe("missing");
    const made = await compileLock(request(), options());
    expect(made).toEqual({ path: join(folder, "pylock.toml"), changed: true });
    const text = await lock();
    expect(text.split("\n").slice(0, 4)).toEqual([
      "# Written by touchdown. `touchdown lock` makes it anew.",
      'lock-version = "1.0"',
      'created-by = "touchdown"',
      'requires-python = ">=3.11"',
    ]);
    expect(await versions()).toEqual({ base: "1.0", top: "1.0" });
    expect(text).toContain(`url = "${index.fileUrl("top-1.0-py3-none-any.whl")}"`);
    expect(readLockTable(text)).toMatchObject({ format: 1, python: ">=3.11", backends: [] });
    expect(lockState(request())).toBe("current");
  });

  test("made again is the same, byte for byte, and is not written", async () => {
    await write({ "requirements.txt": "top\n" });
    await compileLock(request(), options());
    expect(await compileLock(request(), options())).toMatchObject({ changed: false });
  });

  test("keeps a version that still fits, until told to upgrade", async () => {
    await write({ "requirements.txt": "top\nold\n" });
    await compileLock(request(), options());
    index.add(
      makeWheel({ "base.py": "2" }, { name: "base", version: "2.0" }),
      makeWheel({ "old.py": "2" }, { name: "old", version: "2.0" }),
    );
    await write({ "requirements.txt": "top\nold\nextra\n" });
    vi.stubEnv("UV_CACHE_DIR", join(folder, "uv-cache-2"));
    await compileLock(request(), options());
    expect(await versions()).toEqual({ base: "1.0", extra: "1.0", old: "1.0", top: "1.0" });
    await compileLock(request(), options({ upgrade: ["old"] }));
    expect(await versions()).toMatchObject({ base: "1.0", old: "2.0" });
    await compileLock(request(), options({ upgrade: true }));
    expect(await versions()).toMatchObject({ base: "2.0", old: "2.0" });
  });

  test("has paths relative to itself, also of what came from find-links", async () => {
    const local = makeWheel({ "localonly.py": "" }, { name: "localonly" });
    await mkdir(join(folder, "links"));
    await writeFile(join(folder, "links", local.name), local.bytes);
    vi.stubEnv("UV_FIND_LINKS", join(folder, "links"));
    await write({
      "app/pyproject.toml":
        '[project]\nname = "app"\nversion = "1"\ndependencies = ["lib", "localonly"]\n[tool.uv.sources]\nlib = { path = "../lib" }\n[build-system]\nrequires = ["tinybackend"]\nbuild-backend = "tinybackend"\n',
      "lib/pyproject.toml":
        '[project]\nname = "lib"\nversion = "1"\ndependencies = ["base"]\n[build-system]\nrequires = []\nbuild-backend = "x"\n',
    });
    const wanted = request({
      folder: join(folder, "app"),
      name: "app",
      requirements: [],
      project: join(folder, "app"),
    });
    await compileLock(wanted, options());
    const text = await lock("app/pylock.app.toml");
    expect(text).toContain('directory = { path = "../lib"');
    expect(text).toContain(`wheels = [{ path = "../links/${local.name}"`);
    expect(text).not.toContain(folder);
    expect([...readLockTable(text)!.inputs.keys()]).toEqual([
      "../lib/pyproject.toml",
      "pyproject.toml",
    ]);
    expect(readLockTable(text)!.backends).toEqual([
      { requires: [], locked: [] },
      { requires: ["tinybackend"], locked: [`tinybackend==2.0 --hash=sha256:${backend.sha256}`] },
    ]);
    await write({
      "lib/pyproject.toml": '[project]\nname = "lib"\nversion = "1"\ndependencies = ["extra"]\n',
    });
    expect(lockState(wanted)).toEqual({ stale: "../lib/pyproject.toml has changed" });
  });

  test("locks what the build of a package needs that has no wheel for a target", async () => {
    await write({ "requirements.txt": "sdistonly\nhalf\n" });
    const asked: string[] = [];
    const path = join(folder, onlySdist.name);
    await writeFile(path, onlySdist.bytes);
    await writeFile(join(folder, "half"), halfSdist.bytes);
    const fetchSdists = async (files: readonly { readonly name: string }[]) => {
      asked.push(...files.map((file) => file.name));
      return new Map([
        [onlySdist.sha256, path],
        [halfSdist.sha256, join(folder, "half")],
      ]);
    };
    await compileLock(request(), options({ fetchSdists }));
    expect(asked.toSorted()).toEqual([halfSdist.name, onlySdist.name]);
    expect(readLockTable(await lock())!.builds).toEqual(
      new Map([onlySdist, halfSdist].map(({ sha256, name }) => [sha256, name])),
    );
    expect(readLockTable(await lock())!.backends).toEqual([
      { requires: ["setuptools >= 40.8.0"], locked: [expect.anything(), expect.anything()] },
      { requires: ["tinybackend"], locked: [`tinybackend==2.0 --hash=sha256:${backend.sha256}`] },
    ]);
  });

  test("holds no credentials of the index it was made from", async () => {
    await write({ "requirements.txt": "alone\n" });
    const wheel = makeWheel({ "alone.py": "" }, { name: "alone" });
    const guarded = await startPackageIndex([wheel]);
    try {
      guarded.wantPassword("me", "secret");
      vi.stubEnv("UV_DEFAULT_INDEX", guarded.url.replace("://", "://me:secret@"));
      await compileLock(request(), options());
      expect(await lock()).not.toMatch(/secret|me@/);
      expect(await lock()).toContain(guarded.fileUrl(wheel.name));
      vi.stubEnv("UV_DEFAULT_INDEX", guarded.url.replace("://", "://me:wrong@"));
      vi.stubEnv("UV_CACHE_DIR", join(folder, "uv-cache-2"));
      const failed = compileLock(request({ name: "x" }), options());
      await expect(failed).rejects.toMatchObject({ code: "LOCK_UNRESOLVED" });
      await expect(failed).rejects.not.toMatchObject({ hint: expect.stringContaining("wrong") });
    } finally {
      await guarded.stop();
    }
  });
});

test("what builds need is locked beside a lock of another tool", async () => {
  const requires = [["tinybackend"], ["setuptools"]];
  const needs = { requires, builds: new Map([[onlySdist.sha256, onlySdist.name]]) };
  const builds = { uv: uv!, minor: 11, keep: false };
  const file = { name: onlySdist.name, sha256: onlySdist.sha256 };
  const sdist = { name: "sdistonly", kind: "sdist", file } as const;
  await write({ "lib/pyproject.toml": '[build-system]\nrequires = ["extra"]\n' });
  const lib = { name: "lib", kind: "directory", path: join(folder, "lib") } as const;
  const stateOf = (minor = 11, sources: readonly ToBuild[] = [sdist]) =>
    buildsLockState(join(folder, "uv.lock"), { sources, minor });
  expect(stateOf()).toBe("missing");
  expect(await compileBuildsLock(folder, needs, builds)).toEqual({
    path: join(folder, "pylock.builds.toml"),
    changed: true,
  });
  const backends = readBackends(join(folder, "uv.lock"));
  expect(stateOf()).toBe("current");
  expect(stateOf(10)).toEqual({ stale: "it is for Python >=3.11, and 3.10 is used" });
  expect(stateOf(11, [sdist, lib])).toEqual({
    stale: "it does not have what the build of lib needs",
  });
  expect(backends.map(({ locked }) => locked.map((line) => line.split(" ")[0]))).toEqual([
    ["setuptools==80.0", "wheel==0.45"],
    ["tinybackend==2.0"],
  ]);
  const target = { runtime: "python3.11", architecture: "x86_64" } as const;
  const selection = { target, extras: [], groups: [] };
  expect(await readLock(join(folder, "pylock.builds.toml"), selection)).toEqual([]);
  expect(await compileBuildsLock(folder, needs, builds)).toMatchObject({ changed: false });
  const others = { requires: [["extra"]], builds: new Map() };
  await compileBuildsLock(folder, others, { ...builds, minor: 12, keep: true });
  expect(stateOf(11, [sdist, lib])).toBe("current");
  await compileBuildsLock(folder, others, builds);
  expect(stateOf()).toEqual({ stale: "it does not have what the build of sdistonly needs" });
});

test("what is locked from a commit has its build locked too", async () => {
  const git = gitIn(join(folder, "repository"));
  await write({
    "repository/lib/pyproject.toml":
      '[project]\nname = "lib"\nversion = "1"\n[build-system]\nrequires = ["tinybackend"]\n',
  });
  const commit = git("lib");
  const url = pathToFileURL(join(folder, "repository")).href;
  await write({ "requirements.txt": `lib @ git+${url}@${commit}#subdirectory=lib\n` });
  await compileLock(request(), options());
  const table = readLockTable(await lock())!;
  expect([...table.builds]).toEqual([[`${commit}#subdirectory=lib`, "lib"]]);
  expect(table.backends).toEqual([
    { requires: ["tinybackend"], locked: [`tinybackend==2.0 --hash=sha256:${backend.sha256}`] },
  ]);
});

/** Makes what is in a folder a repository; gives the commit. */
function gitIn(cwd: string): (message: string) => string {
  const git = (...words: string[]): string =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", ...words], {
      cwd,
      encoding: "utf8",
    }).trim();
  return (message) => {
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", message);
    return git("rev-parse", "HEAD");
  };
}

test("what can not be resolved is said in uv's words, and no lock is written", async () => {
  await write({ "requirements.txt": "nosuchpackage\n" });
  const made = compileLock(request(), options());
  await expect(made).rejects.toMatchObject({
    code: "LOCK_UNRESOLVED",
    message: "uv could not make pylock.toml from requirements.txt",
    hint: expect.stringContaining("nosuchpackage was not found"),
  });
  expect(() => requireCurrentLock(request())).toThrow(/is missing/);
});
