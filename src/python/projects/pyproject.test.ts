import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localMembers } from "./local-members.ts";
import { readProject } from "./pyproject.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "touchdown-project-")));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, contents: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

test("what [project], the groups and the build system say", async () => {
  await write(
    "pyproject.toml",
    `[project]
     name = "My.App"
     version = "1.0"
     requires-python = ">=3.9"
     dependencies = ["six"]
     dynamic = ["readme"]
     optional-dependencies = { Fast_Path = ["uvloop"] }
     [dependency-groups]
     Dev = ["pytest", { include-group = "lint" }]
     lint = ["ruff"]
     [build-system]
     requires = ["hatchling"]
     build-backend = "hatchling.build"`,
  );
  const { pyproject: _pyproject, ...project } = readProject(folder);
  expect(project).toEqual({
    folder,
    file: join(folder, "pyproject.toml"),
    name: "my-app",
    version: "1.0",
    requiresPython: ">=3.9",
    dynamic: ["readme"],
    dependencies: ["six"],
    optionalDependencies: new Map([["fast-path", ["uvloop"]]]),
    groups: new Map([
      ["dev", ["pytest", "ruff"]],
      ["lint", ["ruff"]],
    ]),
    build: {
      requires: ["hatchling"],
      backend: "hatchling.build",
      backendPath: [],
      declared: true,
    },
  });
});

test("defaults: no build system, a setup.py alone, poetry 1", async () => {
  await write("setup.py", "");
  const legacy = readProject(folder);
  expect(legacy).toMatchObject({
    file: join(folder, "setup.py"),
    build: { requires: ["setuptools >= 40.8.0"], declared: false },
  });
  expect(legacy.name).toBeUndefined();
  await write("pyproject.toml", '[tool.poetry]\nname = "P_1"\nversion = "2"\n');
  expect(readProject(folder)).toMatchObject({ name: "p-1", version: "2" });
});

test.each([
  ["[project]\nversion = '1'", "project.name is missing"],
  ["[project]\nname = 1", "project.name is 1, not a text"],
  ["[project]\nname = 'a'\ndependencies = 'six'", 'project.dependencies is "six", not a list'],
  ["[build-system]\nbuild-backend = 'b'", "build-system.requires is missing"],
  [
    "[dependency-groups]\na = [{ include-group = 'b' }]\nb = [{ include-group = 'a' }]",
    "dependency-groups: groups include each other in a circle: a → b → a",
  ],
  [
    "[dependency-groups]\na = [{ include-group = 'c' }]",
    "dependency-groups: there is no group c, which is included: a → c",
  ],
  [
    "[dependency-groups]\na = [1]",
    "dependency-groups.a is [1], not a list of requirements and { include-group }",
  ],
  ["[dependency-groups]\na-b = []\nA_b = []", "dependency-groups has two groups of the same name"],
])("%j is refused: %s", async (text, problem) => {
  await write("pyproject.toml", text);
  expect(() => readProject(folder)).toThrow(
    expect.objectContaining({
      code: "PROJECT_FORMAT",
      message: `${folder}/pyproject.toml: ${problem}`,
    }),
  );
});

test("no TOML, no project", async () => {
  expect(() => readProject(folder)).toThrow(expect.objectContaining({ code: "PROJECT_MISSING" }));
  await write("pyproject.toml", "[project\n");
  expect(() => readProject(folder)).toThrow(
    expect.objectContaining({
      code: "PROJECT_FORMAT",
      message: expect.stringMatching(/pyproject\.toml:1:\d+ is not TOML: /) as unknown,
    }),
  );
});

test("local members: exactly those that are depended on, through others too", async () => {
  const project = (name: string, more: string): string => `[project]\nname = "${name}"\n${more}\n`;
  await write(
    "pyproject.toml",
    project(
      "app",
      `dependencies = ["Lib_A>=1", "plain"]
       [project.optional-dependencies]
       more = ["lib-d"]
       [dependency-groups]
       dev = ["tools"]
       [tool.uv.workspace]
       members = ["packages/*"]
       exclude = ["packages/old"]
       [tool.uv.sources]
       lib-a = { workspace = true }
       lib-b = [{ workspace = true, marker = "sys_platform == 'linux'" }]
       lib-c = { workspace = true }
       lib-d = { workspace = true }
       tools = { path = "tools" }
       plain = { path = "vendor/plain-1.0-py3-none-any.whl" }`,
    ),
  );
  await write("vendor/plain-1.0-py3-none-any.whl", "");
  await write("packages/a/pyproject.toml", project("lib-a", 'dependencies = ["lib-b"]'));
  await write(
    "packages/b/pyproject.toml",
    project("lib-b", `dependencies = ["lib-a", "legacy @ file://${folder}/legacy"]`),
  );
  await write("packages/c/pyproject.toml", project("lib-c", ""));
  await write("packages/d/pyproject.toml", project("lib-d", ""));
  await write("packages/old/pyproject.toml", project("old", ""));
  await write("tools/pyproject.toml", '[tool.poetry.dependencies]\npoem = { path = "../poem" }\n');
  await write("poem/setup.cfg", "");
  await write("legacy/setup.py", "");
  const below = (...names: string[]): string[] => names.map((name) => join(folder, name));
  const always = ["legacy", "packages/a", "packages/b"];
  expect(localMembers(folder, { extras: [], groups: [] })).toEqual(below(...always));
  expect(localMembers(folder)).toEqual(below(...always, "packages/d", "poem", "tools"));
  expect(localMembers(join(folder, "packages/a"))).toEqual(below("legacy", "packages/b"));
});
