/** `addPythonPackage` through the built command, from an index on loopback. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeWheel } from "../support/make-wheel.ts";
import { pathsIn, textIn, touchdownfile } from "../support/package-world.ts";
import type { Built } from "../support/package-world.ts";
import { packaged, usePackageWorld } from "../support/use-package-world.ts";

const wheels = [
  makeWheel({ "top/__init__.py": "import base\n" }, { name: "top", requires: ["base"] }),
  makeWheel({ "base/__init__.py": "x = 1\n" }, { name: "base" }),
  makeWheel({ "base/__init__.py": "x = 2\n" }, { name: "base", version: "2.0" }),
];

const used = usePackageWorld(wheels);

describe("a package of sources and requirements", () => {
  beforeEach(() =>
    used.world.write({
      "Touchdownfile.ts": packaged('requirements: "requirements.txt", sources: ["app.py"]'),
      "requirements.txt": "top\nbase<2\n",
      "app.py": "import top\n",
    }),
  );

  test("is locked, fetched and zipped; the second build does nothing", async () => {
    const first = (await used.world.build()).get("api")!;
    expect(first).toMatchObject({ built: true, reason: expect.stringContaining("lock") });
    expect(await used.world.read("pylock.toml")).toContain('name = "top"');
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
    const again = (await used.world.build()).get("api")!;
    expect(again).toEqual({ ...first, built: false, reason: "unchanged" });
    const downloads = used.index.downloads("top-1.0-py3-none-any.whl");
    await used.world.build();
    expect(used.index.downloads("top-1.0-py3-none-any.whl")).toBe(downloads);
    expect((await used.world.run("build")).stderr).toBe(
      "Nothing to build: 1 package is as declared.\n",
    );
  });

  test("is built anew after an edit, with the reason; and found again after the edit is undone", async () => {
    const first = (await used.world.build()).get("api")!;
    await used.world.write({ "app.py": "import top  # edited\n" });
    const edited = (await used.world.build()).get("api")!;
    expect(edited).toMatchObject({ built: true, reason: "app.py changed" });
    expect(edited.sha256).not.toBe(first.sha256);
    await used.world.write({ "app.py": "import top\n" });
    expect((await used.world.build()).get("api")).toMatchObject({
      built: false,
      sha256: first.sha256,
    });
  });

  test("with --out where a file stands in the way nothing is built", async () => {
    const refused = await used.world.run("build", "--out", "app.py");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /^error cannot make the folder .*app\.py: .*\[FOLDER_WRITE\]\n/u,
    );
  });

  test("with --check nothing is built, and what would be is exit code 1", async () => {
    const missing = await used.world.run("build", "--check");
    expect(missing).toMatchObject({ exitCode: 1, stdout: "" });
    await used.world.build();
    expect((await used.world.run("build", "--check")).exitCode).toBe(0);
    await used.world.write({ "app.py": "" });
    const outdated = await used.world.run("build", "--check");
    expect(outdated.exitCode).toBe(1);
    expect(outdated.stderr).toContain("package api would be built: app.py changed");
  });

  test("with --locked or CI a lock that is missing or stale is an error that says how to mend it", async () => {
    const missing = await used.world.run("build", "--locked");
    expect(missing).toMatchObject({ exitCode: 1, stdout: "" });
    expect(missing.stderr).toContain("the lock pylock.toml is missing");
    expect(missing.stderr).toContain("touchdown lock");
    expect((await used.world.run("lock")).stdout).toBe(
      `${join(used.world.folder, "pylock.toml")}\n`,
    );
    expect((await used.world.build("--locked")).get("api")?.built).toBe(true);
    await used.world.write({ "requirements.txt": "top\n" });
    expect((await used.world.run("build", "--locked")).stderr).toContain(
      "the lock pylock.toml is stale",
    );
    expect((await used.world.run("lock", "--check")).exitCode).toBe(1);
    expect((await used.world.run("lock")).exitCode).toBe(0);
    expect((await used.world.run("lock", "--check")).exitCode).toBe(0);
    expect((await used.world.build("--locked")).get("api")?.built).toBe(true);
  });

  test("lock --upgrade takes what is new, and nothing without it", async () => {
    await used.world.write({ "requirements.txt": "base<2\n" });
    await used.world.run("lock");
    await used.world.write({ "requirements.txt": "base\n" });
    await used.world.run("lock");
    expect(await used.world.read("pylock.toml")).toContain('version = "1.0"');
    const unknown = await used.world.run("lock", "--upgrade=Basse");
    expect(unknown.stderr).toContain('"Basse", did you mean "base"? [LOCK_SELECTION]');
    await used.world.run("lock", "--upgrade=Base");
    expect(await used.world.read("pylock.toml")).toContain('version = "2.0"');
  });

  test("explain says what is in the zip and from where, and what differs from another", async () => {
    await used.world.build("--out", "out");
    const explained = await used.world.run("explain", "api");
    expect(explained.exitCode).toBe(0);
    for (const origin of ["top 1.0", "base 1.0", "source app.py"])
      expect(explained.stdout).toContain(origin);
    const deployed = await used.world.run("explain", "api", "--against", "deployed");
    expect(deployed.stderr).toContain("package api is the code of no function [NAME_UNKNOWN]");
    const same = await used.world.run("explain", "api", "--against", "out/api.zip");
    expect(same.exitCode).toBe(0);
    expect(same.stdout).toBe("The two zips are the same, byte for byte.\n");
    await used.world.write({ "app.py": "import top, sys\n" });
    const differs = await used.world.run("explain", "api", "--against", "out/api.zip");
    expect(differs.exitCode).toBe(1);
    expect(differs.stdout).toContain("app.py  other contents: 16 bytes here, 11 bytes there");
  });

  test("a store that was deleted, or whose zip was, costs time only", async () => {
    const first = (await used.world.build()).get("api")!;
    await rm(first.path);
    expect((await used.world.build()).get("api")).toMatchObject({
      built: true,
      sha256: first.sha256,
      reason: "its zip is no longer in the cache",
    });
    await rm(used.world.cache, { recursive: true });
    expect((await used.world.build()).get("api")).toMatchObject({
      built: true,
      sha256: first.sha256,
    });
  });
});

describe("the cache", () => {
  beforeEach(() =>
    used.world.write({
      "Touchdownfile.ts": packaged('requirements: "requirements.txt", sources: ["app.py"]'),
      "requirements.txt": "top\nbase<2\n",
      "app.py": "",
    }),
  );

  test("says its size, and finds and removes what is damaged", async () => {
    const { path, sha256 } = (await used.world.build()).get("api")!;
    const size = await used.world.run("cache", "size");
    expect(size.stdout).toContain(used.world.cache);
    expect(size.stdout).toMatch(/ zips-v1 +1 file\n/u);
    expect(await used.world.run("cache", "verify")).toMatchObject({ exitCode: 0, stdout: "" });
    await writeFile(path, "no zip");
    const verified = await used.world.run("cache", "verify");
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toContain(path);
    expect((await used.world.build()).get("api")).toMatchObject({ built: true, sha256 });
  });

  test("prune keeps what was used today", async () => {
    await used.world.build();
    expect((await used.world.run("cache", "prune", "--all")).stdout).toMatch(
      /^removed 0 files, 0 bytes; kept/u,
    );
    expect((await used.world.build()).get("api")).toMatchObject({ built: false });
    const young = await used.world.run("cache", "prune", "--older-than", "2h");
    expect(young.stderr).toContain("what was used within the last day stays");
    expect((await used.world.run("cache", "prune", "--older-than", "soon")).exitCode).toBe(2);
    expect((await used.world.run("cache", "sweep")).stderr).toContain(
      "cache takes size, prune, verify",
    );
  });
});

describe("what goes in", () => {
  test("generated files, and nothing from the store of another", async () => {
    await used.world.write({
      "Touchdownfile.ts": packaged(
        'sources: ["app"], files: { "app/settings.json": serializers.json({ b: 1, a: "x" }) }',
      ),
      "app/__init__.py": "",
      "app/.env": "SECRET=1",
      "app/settings.json": "{}",
    });
    const { path } = (await used.world.build()).get("api")!;
    expect(pathsIn(path)).toEqual(["app/__init__.py", "app/settings.json"]);
    expect(JSON.parse(textIn(path, "app/settings.json"))).toEqual({ a: "x", b: 1 });
  });

  test("what globs match", async () => {
    await used.world.write({
      "Touchdownfile.ts": packaged(
        'sources: ["*.py", "data/**/*.csv", { from: "libs/*", to: "vendor" }]',
      ),
      "app.py": "",
      "data/of/a.csv": "",
      "data/of/b.txt": "",
      "libs/one/__init__.py": "",
    });
    expect(pathsIn((await used.world.build()).get("api")!.path)).toEqual([
      "app.py",
      "of/a.csv",
      "vendor/one/__init__.py",
    ]);
  });

  test("what a bundle makes on this machine, in one build", async () => {
    await used.world.write({
      "Touchdownfile.ts": touchdownfile(
        `const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
        bundle.addFile({ name: "made.txt", contents: "made here" });
        const made = bundle.addOutput({ name: "made.txt" });
        workspace.addPythonPackage({ name: "api", runtime: "python3.11", architecture: "x86_64", sources: ["app"], files: { "made.txt": made } });`,
      ),
      "app/__init__.py": "",
    });
    const check = await used.world.run("build", "--check");
    expect(check).toMatchObject({ exitCode: 1 });
    expect(check.stderr).toContain("package api would be built: needs output made.txt");
    const { path } = (await used.world.build()).get("api")!;
    expect(textIn(path, "made.txt")).toBe("made here");
    expect((await used.world.run("build", "--check")).exitCode).toBe(0);
  });

  test("exclude and withoutPackages take out, include brings back", async () => {
    await used.world.write({
      "Touchdownfile.ts": packaged(
        'requirements: "requirements.txt", sources: ["app"], exclude: ["*.md"], include: ["app/keep.md", "app/.env"], withoutPackages: ["Top"]',
      ),
      "requirements.txt": "top\n",
      "app/a.py": "",
      "app/b.md": "",
      "app/keep.md": "",
      "app/.env": "",
    });
    expect(pathsIn((await used.world.build()).get("api")!.path)).toEqual([
      "app/.env",
      "app/a.py",
      "app/keep.md",
    ]);
  });

  test("code and dependencies apart, for a function and its layer", async () => {
    await used.world.write({
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
    const built = await used.world.build();
    expect([...built.keys()].toSorted()).toEqual(["api code", "deps dependencies"]);
    expect(pathsIn(built.get("api code")!.path)).toEqual(["app.py"]);
    expect(pathsIn(built.get("deps dependencies")!.path)).toContain("python/base/__init__.py");
  });

  test("bytecode for every module, where the Python of that version is here", async (context) => {
    await used.world.write({
      "Touchdownfile.ts": packaged(
        'requirements: "requirements.txt", sources: ["app.py"], bytecode: true',
      ),
      "requirements.txt": "base<2\n",
      "app.py": "import base\n",
    });
    const ran = await used.world.run("build", "--json");
    if (ran.stderr.includes("BYTECODE_PYTHON")) return context.skip("needs python3.11");
    const first = JSON.parse(ran.stdout) as Built;
    expect(pathsIn(first.path)).toEqual(
      expect.arrayContaining([
        "__pycache__/app.cpython-311.pyc",
        "base/__pycache__/__init__.cpython-311.pyc",
      ]),
    );
    expect((await used.world.build()).get("api")).toMatchObject({ built: false });
    await used.world.write({ "app.py": "import base  # edited\n" });
    expect((await used.world.build()).get("api")).toMatchObject({
      built: true,
      reason: "app.py changed",
    });
  });
});
