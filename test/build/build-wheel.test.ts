import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { buildSdist } from "../../src/python/build/build-wheel.ts";
import { buildProject } from "../../src/python/build/project-wheel.ts";
import type { Uv } from "../../src/python/uv/uv.ts";
import { wheelContentsOf } from "../../src/python/wheel/wheel-contents.ts";
import { readEntry } from "../../src/zip/read-entry.ts";
import { readCentralDirectory } from "../../src/zip/read.ts";
import { buildWorld, tinyBackend, writeTree } from "../support/build-world.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let uv: Uv;
let folder: string;
let project: string;

let found: Uv | undefined;
beforeAll(async () => {
  found = await uvForTests();
});
beforeEach(async (context) => {
  if (found === undefined) return context.skip("needs uv");
  uv = found;
  folder = await realpath(await mkdtemp(join(tmpdir(), "touchdown-build-")));
  project = join(folder, "a project");
  vi.stubEnv("UV_OFFLINE", "1");
  vi.stubEnv("PIP_FIND_LINKS", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const world = (name = "store", options = {}) => buildWorld(join(folder, name), uv, options);

async function entriesOf(path: string): Promise<Record<string, string>> {
  const bytes = await readFile(path);
  const texts: Record<string, string> = {};
  for (const entry of await readCentralDirectory(bytes)) {
    texts[entry.path] = Buffer.from(await readEntry(bytes, entry)).toString("utf8");
  }
  return texts;
}

describe("the wheel of a project", () => {
  test("is the same in another folder, time zone, umask and environment", async () => {
    await writeTree(project, { ...tinyBackend, "mod.py": "x = 1\n", "run.sh": "#!/bin/sh\n" });
    const first = await buildProject(project, await world());
    const other = join(folder, "øther/clone");
    await writeTree(other, { ...tinyBackend, "mod.py": "x = 1\n", "run.sh": "#!/bin/sh\n" });
    await writeTree(other, {
      ".git/HEAD": "",
      "env/pyvenv.cfg": "",
      "env/lib/x.py": "",
      "__pycache__/mod.cpython-311.pyc": "old",
      "build/lib/removed.py": "",
      "dist/old-1.0.tar.gz": "",
      "tiny.egg-info/SOURCES.txt": "removed.py",
      "pylock.toml": "",
      ".env": "SECRET=1",
    });
    vi.stubEnv("TZ", "Asia/Tokyo");
    vi.stubEnv("LC_ALL", "tr_TR.UTF-8");
    vi.stubEnv("PYTHONPATH", folder);
    const umask = process.umask(0o077);
    const second = await buildProject(other, await world("other store")).finally(() =>
      process.umask(umask),
    );
    expect(second.sha256).toBe(first.sha256);
    expect(first).toMatchObject({ name: "tiny-1.0-py3-none-any.whl", compiled: false });
    const texts = await entriesOf(first.path);
    expect(texts["tiny/environment"]).toBe(
      "SOURCE_DATE_EPOCH=315532800\nPYTHONHASHSEED=0\nTZ=UTC\nLC_ALL=C\nPYTHONPATH=None\n",
    );
    expect(texts["tiny/umask"]).toBe("0o22");
    expect(Object.keys(texts)).toEqual([
      "tiny-1.0.dist-info/METADATA",
      "tiny-1.0.dist-info/RECORD",
      "tiny-1.0.dist-info/WHEEL",
      "tiny/environment",
      "tiny/mod.py",
      "tiny/pyproject.toml",
      "tiny/run.sh",
      "tiny/umask",
    ]);
    expect(texts["tiny-1.0.dist-info/RECORD"]).not.toContain("gone");
    const { store } = await world();
    const { entries } = await wheelContentsOf(store, first);
    expect(entries.map((entry) => entry.path)).toEqual(Object.keys(texts));
  });

  test("is built once per contents, and by two at a time once", async () => {
    await writeTree(project, { ...tinyBackend, "mod.py": "x = 1\n" });
    const here = await world();
    const [one, two] = await Promise.all([
      buildProject(project, here),
      buildProject(project, here),
    ]);
    expect(two).toEqual(one);
    expect(here.runs()).toBe(1);
    await writeTree(project, { "mod.py": "x = 2\n" });
    const edited = await buildProject(project, here);
    expect(edited.sha256).not.toBe(one.sha256);
    await writeTree(project, { "mod.py": "x = 1\n" });
    expect(await buildProject(project, here)).toEqual(one);
    expect(here.runs()).toBe(2);
    await rm(one.path);
    expect((await buildProject(project, here)).sha256).toBe(one.sha256);
    expect(here.runs()).toBe(3);
  });

  test("holds what links lead to, and a circle of them ends", async () => {
    await writeTree(project, { ...tinyBackend });
    await writeTree(join(folder, "shared"), { "util.py": "u = 1\n" });
    await symlink(join(folder, "shared"), join(project, "shared"));
    await symlink("shared/util.py", join(project, "alias.py"));
    await symlink("nowhere", join(project, "broken"));
    await symlink("..", join(folder, "shared", "circle"));
    await symlink(project, join(project, "me"));
    const { path } = await buildProject(project, await world());
    const texts = await entriesOf(path);
    expect(texts).toMatchObject({ "tiny/shared/util.py": "u = 1\n", "tiny/alias.py": "u = 1\n" });
    expect(Object.keys(texts)).not.toContain("tiny/me/alias.py");
  });

  test("obeys the .gitignore of the repository it is in, as far as its backend does", async () => {
    await writeTree(folder, { ".git/HEAD": "", ".gitignore": "*.log\n" });
    await writeTree(project, {
      ...tinyBackend,
      "backend/tiny_backend.py": `${tinyBackend["backend/tiny_backend.py"]}
inner = build_wheel
def build_wheel(folder, config_settings=None, metadata_directory=None):
    open("above", "w").write(open("../.gitignore").read())
    return inner(folder)
`,
    });
    const here = await world();
    const first = await buildProject(project, here);
    expect((await entriesOf(first.path))["tiny/above"]).toBe("*.log\n");
    await writeTree(folder, { ".gitignore": "*.txt\n" });
    expect((await buildProject(project, here)).sha256).not.toBe(first.sha256);
  });

  test("of a member of a workspace is built apart from it", async () => {
    await writeTree(folder, {
      "pyproject.toml": '[tool.uv.workspace]\nmembers = ["a project", "lib"]\n',
    });
    await writeTree(join(folder, "lib"), {
      "pyproject.toml": '[project]\nname = "lib"\nversion = "1"\n',
    });
    const sources = "[tool.uv.sources]\nlib = { workspace = true }\n";
    await writeTree(project, {
      ...tinyBackend,
      "pyproject.toml": `${tinyBackend["pyproject.toml"].replace('"1.0"\n', '"1.0"\ndependencies = ["lib"]\n')}${sources}`,
      "mod.py": "import lib\n",
    });
    const built = await buildProject(
      project,
      await world("store", { backends: [{ requires: [], locked: [] }] }),
    );
    expect(built).toMatchObject({ name: "tiny-1.0-py3-none-any.whl", locked: true });
  });

  test("that can not be built says why in the backend's words", async () => {
    await writeTree(project, { ...tinyBackend, fail: "" });
    const built = buildProject(project, await world());
    await expect(built).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: `the wheel of ${project} could not be built`,
    });
    await expect(built).rejects.toMatchObject({
      hint: expect.stringContaining("the backend says why"),
    });
  });

  test("that was compiled is named, and refused where it would not run", async () => {
    await writeTree(project, { ...tinyBackend });
    const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
    vi.stubEnv("TINY_TAG", `cp311-cp311-linux_${machine}`);
    const [native, foreign] =
      machine === "x86_64" ? (["x86_64", "arm64"] as const) : (["arm64", "x86_64"] as const);
    const target = { runtime: "python3.11", architecture: native } as const;
    const built = await buildProject(project, await world("store", { target }));
    expect(built).toMatchObject({
      name: `tiny-1.0-cp311-cp311-linux_${machine}.whl`,
      compiled: true,
    });
    const other = { runtime: "python3.11", architecture: foreign } as const;
    await expect(
      buildProject(project, await world("store", { target: other })),
    ).rejects.toMatchObject({
      code: "BUILD_PLATFORM",
      message: `tiny-1.0-cp311-cp311-linux_${machine}.whl was compiled here, and does not run on python3.11 (${foreign})`,
    });
  });

  test("needs the target's Python, and says how to get it", async () => {
    await writeTree(project, { ...tinyBackend });
    vi.stubEnv("PATH", "/usr/bin:/bin");
    vi.stubEnv("PYENV_ROOT", join(folder, "none"));
    vi.stubEnv("UV_PYTHON_INSTALL_DIR", join(folder, "none"));
    const target = { runtime: "python3.14", architecture: "x86_64" } as const;
    await expect(buildProject(project, await world("store", { target }))).rejects.toMatchObject({
      code: "BUILD_PYTHON",
      message: "a wheel must be built here, with Python 3.14, and this machine has none",
      hint: expect.stringContaining("uv python install 3.14"),
    });
  });
});

describe("the wheel of an sdist", () => {
  test("is built once, with just what the lock has", async () => {
    const inner = tinyBackend["backend/tiny_backend.py"].replaceAll("backend/", "");
    const [old, later] = ["1.0", "2.0"].map((version) =>
      makeWheel(
        { "tiny_tool.py": `${inner}\nversion = "${version}"\n` },
        { name: "tiny-tool", version },
      ),
    );
    const index = await startPackageIndex([old!, later!]);
    try {
      vi.stubEnv("UV_OFFLINE", "0");
      vi.stubEnv("UV_DEFAULT_INDEX", index.url);
      vi.stubEnv("UV_CACHE_DIR", join(folder, "uv-cache"));
      const sdist = makeSdist(
        {
          "pyproject.toml":
            '[project]\nname = "tiny"\nversion = "1.0"\n[build-system]\nrequires = ["tiny-tool"]\nbuild-backend = "tiny_tool"\n',
          "mod.py": "import tiny_tool\n",
        },
        { name: "tiny" },
      );
      const path = join(folder, "ab12");
      await mkdir(join(folder, "sdists"));
      const named = join(folder, "sdists", sdist.name);
      await writeFile(path, sdist.bytes);
      await writeFile(named, sdist.bytes);
      const lock = [
        { requires: ["tiny-tool"], locked: [`tiny-tool==1.0 --hash=sha256:${old!.sha256}`] },
      ];
      const here = await world("store", { backends: lock });
      const built = await buildSdist({ name: sdist.name, path, sha256: sdist.sha256 }, here);
      expect(built).toMatchObject({ name: "tiny-1.0-py3-none-any.whl", locked: true });
      expect(index.downloads(old!.name)).toBeGreaterThan(0);
      expect(index.downloads(later!.name)).toBe(0);
      expect(
        await buildSdist({ name: sdist.name, path: named, sha256: sdist.sha256 }, here),
      ).toEqual(built);
      expect(here.runs()).toBe(1);
      const wrong = [
        { requires: ["tiny-tool"], locked: [`tiny-tool==2.0 --hash=sha256:${old!.sha256}`] },
      ];
      await expect(
        buildSdist(
          { name: sdist.name, path, sha256: sdist.sha256 },
          await world("store", { backends: wrong }),
        ),
      ).rejects.toMatchObject({ code: "BUILD_FAILED", hint: expect.stringContaining("ash") });
      const free = await buildSdist(
        { name: sdist.name, path, sha256: sdist.sha256 },
        await world("free"),
      );
      expect(free).toMatchObject({ locked: false });
      expect(index.downloads(later!.name)).toBeGreaterThan(0);
    } finally {
      await index.stop();
    }
  });
});
