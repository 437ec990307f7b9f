/** What must be built beside other tools' locks, through the built command: locked, or refused, and from subfolders. */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Uv } from "../../src/python/uv/uv.ts";
import { tinyBackend } from "../support/build-world.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import { packageWorld, pathsIn, touchdownfile } from "../support/package-world.ts";
import type { PackageWorld } from "../support/package-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

const helper = makeWheel({ "helper.py": "" }, { name: "helper" });
const project = {
  ...tinyBackend,
  "pyproject.toml": tinyBackend["pyproject.toml"].replace("requires = []", 'requires = ["helper"]'),
  "mod.py": "x = 1\n",
};
const sdist = makeSdist(project, { name: "tiny" });
const below = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(project).map(([path, text]) => [`${folder}/${path}`, text]));

let index: PackageIndex;
let uv: Uv | undefined;
let world: PackageWorld;

beforeAll(async () => {
  uv = await uvForTests();
});
beforeEach(async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  index = await startPackageIndex([helper, sdist]);
  world = await packageWorld({ index, uv });
});
afterEach(async () => {
  await world?.remove();
  await index?.stop();
});

const declared = (args: string): string =>
  touchdownfile(`workspace.addPythonPackage({ name: "api", runtime: "python3.11", ${args} });`);
const pylock = (source: string): string =>
  `lock-version = "1.0"\ncreated-by = "hand"\n\n[[packages]]\nname = "tiny"\nversion = "1.0"\n${source}\n`;

describe("what builds need, beside a lock of another tool", () => {
  const requirements = {
    "Touchdownfile.ts": declared('requirements: "requirements.txt", sources: ["app.py"]'),
    "app.py": "",
    "requirements.txt": `tiny==1.0 --hash=sha256:${sdist.sha256}\n`,
  };

  test("is locked before the first build, and said so", async () => {
    await world.write(requirements);
    const built = await world.run("build");
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.stderr).toContain(
      "lock (pylock.builds.toml is missing, which locks what builds need (here of tiny))",
    );
    expect(await world.read("pylock.builds.toml")).toContain(
      `helper==1.0 --hash=sha256:${helper.sha256}`,
    );
    expect((await world.run("lock", "--check")).exitCode).toBe(0);
    expect((await world.run("build", "--locked")).stderr).toContain("Nothing to build");
  });

  test("is an error where no lock may be written, until touchdown lock has locked it", async () => {
    await world.write(requirements);
    for (const verb of ["build", "plan"]) {
      const refused = await world.run(verb, "--locked");
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain("LOCK_STALE");
      expect(refused.stderr).toContain("pylock.builds.toml is missing");
      expect(refused.stderr).toContain("run touchdown lock");
    }
    expect(await world.run("lock", "--check")).toMatchObject({
      exitCode: 1,
      stderr: "pylock.builds.toml: missing\n",
    });
    expect((await world.run("lock")).stderr).toContain("pylock.builds.toml: written");
    const locked = await world.run("build", "--json", "--locked");
    expect(JSON.parse(locked.stdout)).toMatchObject({ built: true });
  });

  test("the package's own project is one of them; another build makes it stale", async () => {
    await world.write({
      "Touchdownfile.ts": declared('project: ".", lock: "pylock.toml"'),
      "pylock.toml": `lock-version = "1.0"\ncreated-by = "hand"\npackages = []\n`,
      ...project,
    });
    expect((await world.run("lock")).stderr).toContain("pylock.builds.toml: written");
    expect(await world.run("build", "--locked")).toMatchObject({ exitCode: 0 });
    await world.write({ "pyproject.toml": tinyBackend["pyproject.toml"] });
    const why = "it does not have what the build of the project needs";
    const stale = await world.run("lock", "--check");
    expect(stale).toMatchObject({ exitCode: 1, stderr: `pylock.builds.toml: stale: ${why}\n` });
    const refused = await world.run("build", "--locked");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`pylock.builds.toml is stale: ${why}`);
    expect(await world.run("build")).toMatchObject({ exitCode: 0 });
    expect((await world.run("build", "--locked")).stderr).toContain("Nothing to build");
  });

  test("a project that needs what the lock does not have is refused before a zip is written", async () => {
    const backend = "backend/tiny_backend.py";
    const needing = project[backend].replace(
      'Version: 1.0\\n",',
      'Version: 1.0\\nRequires-Dist: helper\\n",',
    );
    expect(needing).not.toBe(project[backend]);
    await world.write({
      "Touchdownfile.ts": declared('project: ".", lock: "pylock.toml"'),
      "pylock.toml": `lock-version = "1.0"\ncreated-by = "hand"\npackages = []\n`,
      ...project,
      [backend]: needing,
    });
    const refused = await world.run("build");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain(
      "the lock pylock.toml is stale: tiny 1.0 needs helper, which it does not have [LOCK_STALE]",
    );
  });

  test("of two packages in one folder is locked once, for the older of their Pythons", async () => {
    const one = (name: string, minor: number) =>
      `workspace.addPythonPackage({ name: "${name}", runtime: "python3.${minor}", project: "${name}", lock: "pylock.toml" });`;
    await world.write({
      "Touchdownfile.ts": touchdownfile(`${one("new", 11)} ${one("old", 10)}`),
      "pylock.toml": `lock-version = "1.0"\ncreated-by = "hand"\npackages = []\n`,
      ...Object.fromEntries(
        ["new", "old"].flatMap((place) =>
          Object.entries(project).map(([path, text]) => [`${place}/${path}`, text]),
        ),
      ),
    });
    const built = await world.run("build");
    expect(built).toMatchObject({ exitCode: 0 });
    expect(await world.read("pylock.builds.toml")).toContain('requires-python = ">=3.10"');
    expect((await world.run("build", "--locked")).stderr).toContain("Nothing to build");
  });
});

test("a Python that comes later makes touchdown's own lock stale where more must be built for it", async () => {
  const tags = ["x86_64", "aarch64"].map((machine) => `cp310-cp310-manylinux_2_17_${machine}`);
  index.add(...tags.map((tag) => makeWheel({ "tiny.py": "" }, { name: "tiny", tag })));
  const declare = (minor: number): string =>
    `workspace.addPythonPackage({ name: "api${minor}", runtime: "python3.${minor}", requirements: "requirements.in", sources: ["app.py"] });`;
  await world.write({
    "Touchdownfile.ts": touchdownfile(declare(10)),
    "app.py": "",
    "requirements.in": "tiny\n",
  });
  expect(await world.run("build")).toMatchObject({ exitCode: 0 });
  expect(await world.read("pylock.toml")).not.toContain("helper");
  await world.write({ "Touchdownfile.ts": touchdownfile(declare(10) + declare(11)) });
  const stale = "it does not have what the build of tiny needs";
  const refused = await world.run("build", "--locked");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(`the lock pylock.toml is stale: ${stale}`);
  expect(await world.run("lock", "--check")).toMatchObject({
    exitCode: 1,
    stderr: `pylock.toml: stale: ${stale}\n`,
  });
  expect(await world.run("build")).toMatchObject({ exitCode: 0 });
  expect(await world.read("pylock.toml")).toContain("helper==1.0");
  expect((await world.run("build", "--locked")).stderr).toContain("Nothing to build");
});

describe("a project in a folder of its source", () => {
  const built = async (lock: string): Promise<readonly string[]> => {
    await world.write({
      "Touchdownfile.ts": declared('lock: "pylock.toml", sources: ["app.py"]'),
      "app.py": "",
      "pylock.toml": lock,
    });
    expect((await world.run("lock")).exitCode).toBe(0);
    const { path } = (await world.build("--locked")).get("api")!;
    return pathsIn(path);
  };

  test("of an archive", async () => {
    const archive = makeSdist(below("lib/tiny"), { name: "repository" });
    await world.write({});
    await writeFile(join(world.folder, archive.name), archive.bytes);
    const source = `archive = { path = "${archive.name}", subdirectory = "lib/tiny", hashes = { sha256 = "${archive.sha256}" } }`;
    expect(await built(pylock(source))).toContain("tiny/mod.py");
  });

  test("of an archive that has no such folder", async () => {
    await writeFile(join(world.folder, sdist.name), sdist.bytes);
    const source = `archive = { path = "${sdist.name}", subdirectory = "lib", hashes = { sha256 = "${sdist.sha256}" } }`;
    await world.write({
      "Touchdownfile.ts": declared('lock: "pylock.toml", sources: ["app.py"]'),
      "app.py": "",
      "pylock.toml": pylock(source),
    });
    const refused = await world.run("build");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`${sdist.name} has no project in lib`);
  });

  test("of a git commit", async () => {
    const repository = join(world.folder, "..", "repository");
    await mkdir(repository);
    for (const [path, text] of Object.entries(below("lib/tiny"))) {
      await mkdir(join(repository, path, ".."), { recursive: true });
      await writeFile(join(repository, path), text);
    }
    const git = (...words: string[]): string =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", ...words], {
        cwd: repository,
        encoding: "utf8",
      }).trim();
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "one");
    const commit = git("rev-parse", "HEAD");
    const url = pathToFileURL(repository).href;
    const source = `vcs = { type = "git", url = "${url}", commit-id = "${commit}", subdirectory = "lib/tiny" }`;
    expect(await built(pylock(source))).toContain("tiny/mod.py");
  });
});

test("what was compiled here is named, and refused by --check", async (context) => {
  if (process.arch !== "x64" || process.platform !== "linux") return context.skip("needs x86_64");
  const compiled = {
    ...project,
    "backend/tiny_backend.py": tinyBackend["backend/tiny_backend.py"].replace(
      '"py3-none-any")',
      '"cp311-cp311-linux_x86_64")',
    ),
  };
  await world.write({
    "Touchdownfile.ts": declared('project: ".", lock: "pylock.toml"'),
    "pylock.toml": `lock-version = "1.0"\ncreated-by = "hand"\npackages = []\n`,
    ...compiled,
  });
  const said =
    "package api has what was compiled on this machine, and may come out differently on another: tiny";
  const built = await world.run("build", "--json");
  expect(built.stderr).toContain(said);
  expect(JSON.parse(built.stdout)).toMatchObject({ compiled: ["tiny"] });
  const checked = await world.run("build", "--check");
  expect(checked.exitCode).toBe(1);
  expect(checked.stderr).toContain(said);
  const again = await world.run("build");
  expect(again.exitCode).toBe(0);
  expect(again.stderr).not.toContain(said);
});
