/** `addPythonPackage` through the built command, from an index on loopback. */
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Uv } from "../../src/python/uv.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import { packageWorld, pathsIn, textIn, touchdownfile } from "../support/package-world.ts";
import type { Built, PackageWorld } from "../support/package-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let index: PackageIndex;
let uv: Uv | undefined;
let world: PackageWorld;

const wheels = [
  makeWheel({ "top/__init__.py": "import base\n" }, { name: "top", requires: ["base"] }),
  makeWheel({ "base/__init__.py": "x = 1\n" }, { name: "base" }),
  makeWheel({ "base/__init__.py": "x = 2\n" }, { name: "base", version: "2.0" }),
  makeWheel({ "clash.py": "a = 1\n" }, { name: "clash-one" }),
  makeWheel({ "clash.py": "a = 2\n" }, { name: "clash-two" }),
  makeWheel({ "win.pyd": "" }, { name: "windows-only", tag: "cp311-cp311-win_amd64" }),
];

beforeAll(async () => {
  uv = await uvForTests();
  index = await startPackageIndex(wheels);
});
afterAll(() => index.stop());
beforeEach(async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  world = await packageWorld({ index, uv });
});
afterEach(() => world.remove());

const packaged = (args: string): string =>
  touchdownfile(`workspace.addPythonPackage({ name: "api", runtime: "python3.11", ${args} });`);

describe("a package of sources and requirements", () => {
  beforeEach(() =>
    world.write({
      "Touchdownfile.ts": packaged('requirements: "requirements.txt", sources: ["app.py"]'),
      "requirements.txt": "top\nbase<2\n",
      "app.py": "import top\n",
    }),
  );

  test("is locked, fetched and zipped; the second build does nothing", async () => {
    const first = (await world.build()).get("api")!;
    expect(first).toMatchObject({ built: true, reason: expect.stringContaining("lock") });
    expect(await world.read("pylock.toml")).toContain('name = "top"');
    expect(pathsIn(first.path)).toEqual([
      "app.py",
      "base-1.0.dist-info/METADATA",
      "base-1.0.dist-info/RECORD",
      "base-1.0.dist-info/WHEEL",
      "base/__init__.py",
      "top-1.0.dist-info/METADATA",
      "top-1.0.dist-info/RECORD",
      "top-1.0.dist-info/WHEEL",
      "top/__init__.py",
    ]);
    const again = (await world.build()).get("api")!;
    expect(again).toEqual({ ...first, built: false, reason: "unchanged" });
    const downloads = index.downloads("top-1.0-py3-none-any.whl");
    await world.build();
    expect(index.downloads("top-1.0-py3-none-any.whl")).toBe(downloads);
    expect((await world.run("build")).stderr).toBe("Nothing to build: 1 package is as declared.\n");
  });

  test("is built anew after an edit, with the reason; and found again after the edit is undone", async () => {
    const first = (await world.build()).get("api")!;
    await world.write({ "app.py": "import top  # edited\n" });
    const edited = (await world.build()).get("api")!;
    expect(edited).toMatchObject({ built: true, reason: "app.py changed" });
    expect(edited.sha256).not.toBe(first.sha256);
    await world.write({ "app.py": "import top\n" });
    expect((await world.build()).get("api")).toMatchObject({ built: false, sha256: first.sha256 });
  });

  test("with --check nothing is built, and what would be is exit code 1", async () => {
    const missing = await world.run("build", "--check");
    expect(missing).toMatchObject({ exitCode: 1, stdout: "" });
    await world.build();
    expect((await world.run("build", "--check")).exitCode).toBe(0);
    await world.write({ "app.py": "" });
    const outdated = await world.run("build", "--check");
    expect(outdated.exitCode).toBe(1);
    expect(outdated.stderr).toContain("package api would be built: app.py changed");
  });

  test("with --locked or CI a lock that is missing or stale is an error that says how to mend it", async () => {
    const missing = await world.run("build", "--locked");
    expect(missing).toMatchObject({ exitCode: 1, stdout: "" });
    expect(missing.stderr).toContain("the lock pylock.toml is missing");
    expect(missing.stderr).toContain("touchdown lock");
    expect((await world.run("lock")).stdout).toBe(`${join(world.folder, "pylock.toml")}\n`);
    expect((await world.build("--locked")).get("api")?.built).toBe(true);
    await world.write({ "requirements.txt": "top\n" });
    expect((await world.run("build", "--locked")).stderr).toContain(
      "the lock pylock.toml is stale",
    );
    expect((await world.run("lock", "--check")).exitCode).toBe(1);
    expect((await world.run("lock")).exitCode).toBe(0);
    expect((await world.run("lock", "--check")).exitCode).toBe(0);
    expect((await world.build("--locked")).get("api")?.built).toBe(true);
  });

  test("lock --upgrade takes what is new, and nothing without it", async () => {
    await world.write({ "requirements.txt": "base<2\n" });
    await world.run("lock");
    await world.write({ "requirements.txt": "base\n" });
    await world.run("lock");
    expect(await world.read("pylock.toml")).toContain('version = "1.0"');
    await world.run("lock", "--upgrade=base");
    expect(await world.read("pylock.toml")).toContain('version = "2.0"');
  });

  test("explain says what is in the zip and from where, and what differs from another", async () => {
    await world.build("--out", "out");
    const explained = await world.run("explain", "api");
    expect(explained.exitCode).toBe(0);
    for (const origin of ["top 1.0", "base 1.0", "source app.py"])
      expect(explained.stdout).toContain(origin);
    const same = await world.run("explain", "api", "--against", "out/api.zip");
    expect(same).toMatchObject({
      exitCode: 0,
      stdout: "The two zips are the same, byte for byte.\n",
    });
    await world.write({ "app.py": "import top, sys\n" });
    const differs = await world.run("explain", "api", "--against", "out/api.zip");
    expect(differs.exitCode).toBe(1);
    expect(differs.stdout).toContain("app.py  other contents: 16 bytes here, 11 bytes there");
  });

  test("a store that was deleted, or whose zip was, costs time only", async () => {
    const first = (await world.build()).get("api")!;
    await rm(first.path);
    expect((await world.build()).get("api")).toMatchObject({
      built: true,
      sha256: first.sha256,
      reason: "its zip is no longer in the cache",
    });
    await rm(world.cache, { recursive: true });
    expect((await world.build()).get("api")).toMatchObject({ built: true, sha256: first.sha256 });
  });
});

describe("the cache", () => {
  beforeEach(() =>
    world.write({
      "Touchdownfile.ts": packaged('requirements: "requirements.txt", sources: ["app.py"]'),
      "requirements.txt": "top\nbase<2\n",
      "app.py": "",
    }),
  );

  test("says its size, and finds and removes what is damaged", async () => {
    const { path, sha256 } = (await world.build()).get("api")!;
    const size = await world.run("cache", "size");
    expect(size.stdout).toContain(world.cache);
    expect(size.stdout).toMatch(/ zips-v1 +1 file\n/u);
    expect(await world.run("cache", "verify")).toMatchObject({ exitCode: 0, stdout: "" });
    await writeFile(path, "no zip");
    const verified = await world.run("cache", "verify");
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toContain(path);
    expect((await world.build()).get("api")).toMatchObject({ built: true, sha256 });
  });

  test("prune keeps what was used today", async () => {
    await world.build();
    expect((await world.run("cache", "prune", "--all")).stdout).toMatch(
      /^removed 0 files, 0 bytes; kept/u,
    );
    expect((await world.build()).get("api")).toMatchObject({ built: false });
    expect((await world.run("cache", "prune", "--older-than", "soon")).exitCode).toBe(2);
    expect((await world.run("cache", "sweep")).stderr).toContain("cache takes size, prune, verify");
  });
});

describe("what goes in", () => {
  test("generated files, and nothing from the store of another", async () => {
    await world.write({
      "Touchdownfile.ts": packaged(
        'sources: ["app"], files: { "app/settings.json": serializers.json({ b: 1, a: "x" }) }',
      ),
      "app/__init__.py": "",
      "app/.env": "SECRET=1",
      "app/settings.json": "{}",
    });
    const { path } = (await world.build()).get("api")!;
    expect(pathsIn(path)).toEqual(["app/__init__.py", "app/settings.json"]);
    expect(JSON.parse(textIn(path, "app/settings.json"))).toEqual({ a: "x", b: 1 });
  });

  test("exclude and withoutPackages take out, include brings back", async () => {
    await world.write({
      "Touchdownfile.ts": packaged(
        'requirements: "requirements.txt", sources: ["app"], exclude: ["*.md"], include: ["app/keep.md", "app/.env"], withoutPackages: ["Top"]',
      ),
      "requirements.txt": "top\n",
      "app/a.py": "",
      "app/b.md": "",
      "app/keep.md": "",
      "app/.env": "",
    });
    expect(pathsIn((await world.build()).get("api")!.path)).toEqual([
      "app/.env",
      "app/a.py",
      "app/keep.md",
    ]);
  });

  test("code and dependencies apart, for a function and its layer", async () => {
    await world.write({
      "Touchdownfile.ts": touchdownfile(`
        const api = workspace.addPythonPackage({ requirements: "requirements.txt", sources: ["app.py"] });
        const aws = workspace.addAws({ region: "eu-west-1" });
        const layer = aws.addLayer({ name: "deps", content: api.dependencies });
        aws.addLambdaFunction({
          name: "api",
          role: "arn:aws:iam::123456789012:role/r",
          handler: "app.handler",
          code: api.code,
          layers: [layer],
        });`),
      "requirements.txt": "base<2\n",
      "app.py": "",
    });
    const built = await world.build();
    expect([...built.keys()].toSorted()).toEqual(["api code", "deps dependencies"]);
    expect(pathsIn(built.get("api code")!.path)).toEqual(["app.py"]);
    expect(pathsIn(built.get("deps dependencies")!.path)).toContain("python/base/__init__.py");
  });

  test("bytecode for every module, where the Python of that version is here", async (context) => {
    await world.write({
      "Touchdownfile.ts": packaged(
        'requirements: "requirements.txt", sources: ["app.py"], bytecode: true',
      ),
      "requirements.txt": "base<2\n",
      "app.py": "import base\n",
    });
    const ran = await world.run("build", "--json");
    if (ran.stderr.includes("BYTECODE_PYTHON")) return context.skip("needs python3.11");
    const first = JSON.parse(ran.stdout) as Built;
    expect(pathsIn(first.path)).toEqual(
      expect.arrayContaining([
        "__pycache__/app.cpython-311.pyc",
        "base/__pycache__/__init__.cpython-311.pyc",
      ]),
    );
    expect((await world.build()).get("api")).toMatchObject({ built: false });
    await world.write({ "app.py": "import base  # edited\n" });
    expect((await world.build()).get("api")).toMatchObject({
      built: true,
      reason: "app.py changed",
    });
  });

  test("one package for two targets is built once for each", async () => {
    await world.write({
      "Touchdownfile.ts": touchdownfile(`
        const shared = workspace.addPythonPackage({ sources: ["app.py"] });
        const aws = workspace.addAws({ region: "eu-west-1" });
        const add = (name: string, runtime: "python3.11" | "python3.13") =>
          aws.addLambdaFunction({ name, runtime, role: "arn:aws:iam::123456789012:role/r", handler: "app.handler", code: shared });
        add("one", "python3.11"); add("two", "python3.13"); add("three", "python3.11");`),
      "app.py": "",
    });
    expect([...(await world.build()).keys()]).toEqual(["one", "two python3.13 x86_64"]);
  });
});

describe("what is refused", () => {
  const refused = async (args: string, files: Readonly<Record<string, string>> = {}) => {
    await world.write({ "Touchdownfile.ts": packaged(args), "app.py": "", ...files });
    const ran = await world.run("build");
    expect(ran.stdout).toBe("");
    expect(ran.exitCode).toBe(1);
    return ran.stderr;
  };

  test.each([
    ['sources: ["gone.py"]', "sources: there is no gone.py"],
    ['project: "nowhere"', "project nowhere is no project: there is no such folder"],
    ['requirements: "gone.txt"', "there is no requirements file gone.txt"],
    ['lock: "gone.lock"', "there is no lock gone.lock"],
    ['sources: ["app.py"], files: { "../x": "" }', "must be a path inside the zip"],
    ['sorces: ["app.py"]', 'sorces is not an argument, did you mean "sources"?'],
    ['sources: ["app.py"], exclude: ["*"]', "package api would be an empty zip"],
    ['sources: ["app.py", "x/app.py"]', "would be app.py in the zip"],
  ])("%s", async (args, message) => {
    expect(await refused(args, { "x/app.py": "1" })).toContain(message);
  });

  test("two distributions with one path and other bytes, naming both", async () => {
    const stderr = await refused('requirements: "requirements.txt"', {
      "requirements.txt": "clash-one\nclash-two\n",
    });
    for (const word of ["clash-one", "clash-two", "clash.py"]) expect(stderr).toContain(word);
  });

  test("a release with no wheel for the target, with what it has", async () => {
    const stderr = await refused('requirements: "requirements.txt"', {
      "requirements.txt": "windows-only\n",
    });
    expect(stderr).toMatch(/windows-only/u);
  });

  test("a function that runs another Python than its package names, before anything is built", async () => {
    await world.write({
      "Touchdownfile.ts": touchdownfile(`
        const aws = workspace.addAws({ region: "eu-west-1" });
        aws.addLambdaFunction({ name: "f", runtime: "python3.13", role: "arn:aws:iam::123456789012:role/r", handler: "app.handler",
          code: workspace.addPythonPackage({ runtime: "python3.11", sources: ["app.py"] }) });`),
      "app.py": "",
    });
    const ran = await world.run("build");
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("is built for python3.11, and this runs on python3.13");
  });

  test("a name that no package has", async () => {
    await world.write({ "Touchdownfile.ts": packaged('sources: ["app.py"]'), "app.py": "" });
    const ran = await world.run("build", "apo");
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('there is no package "apo", did you mean "api"?');
  });

  test("nothing: a wheel that went bad in the store is fetched again, and the zip is the same", async () => {
    await world.write({
      "Touchdownfile.ts": packaged('requirements: "requirements.txt", sources: ["app.py"]'),
      "requirements.txt": "base<2\n",
      "app.py": "",
    });
    const first = (await world.build()).get("api")!;
    await rm(first.path);
    const wheel = wheels.find(({ name }) => name.startsWith("base-1.0"))!;
    const { sha256 } = wheel;
    const stored = join(world.cache, "wheels-v1", sha256.slice(0, 2), sha256.slice(2));
    const bytes = await readFile(stored);
    const at = bytes.indexOf("x = 1");
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await chmod(stored, 0o644);
    await writeFile(stored, bytes);
    const before = index.downloads(wheel.name);
    const again = await world.run("build", "--json");
    expect(again.stderr).toContain("it is fetched again");
    expect(JSON.parse(again.stdout)).toMatchObject({ sha256: first.sha256 });
    expect(index.downloads(wheel.name)).toBe(before + 1);
  });
});
