import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { patternsOf } from "./patterns.ts";
import { defaultSources, sourceFiles } from "./sources.ts";
import type { SourceArgument } from "./sources.ts";

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "touchdown sources ")), "the project");
  mkdirSync(folder);
});
afterEach(() => rmSync(dirname(folder), { recursive: true }));

function make(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
}

async function paths(
  sources: readonly SourceArgument[],
  include: readonly string[] = [],
  exclude: readonly string[] = [],
) {
  const { include: wanted, exclude: unwanted } = await patternsOf({ include, exclude });
  const files = await sourceFiles(sources, { folder, wanted, unwanted });
  return files.map(({ path }) => path).toSorted();
}

test("a file and a folder go to the top under their own names, what a folder holds with a slash", async () => {
  make("src/app/a.py", "src/app/b/c.py", "lib/one.py");
  expect(await paths(["src/app", "lib/one.py"])).toEqual(["app/a.py", "app/b/c.py", "one.py"]);
  expect(await paths(["src/app/"])).toEqual(["a.py", "b/c.py"]);
  expect(await paths([{ from: "src/app/", to: "x/y" }])).toEqual(["x/y/a.py", "x/y/b/c.py"]);
});

test("a glob's matches keep their places below where it begins to be one", async () => {
  make("src/app/a.py", "src/app/a.txt", "src/b.py", "src/.venv/pyvenv.cfg", "src/.venv/c.py");
  expect(await paths(["src/**/*.py"])).toEqual(["app/a.py", "b.py"]);
  expect(await paths(["src/*"])).toEqual(["app/a.py", "app/a.txt", "b.py"]);
  expect(await paths(["src/{b,c}.py"])).toEqual(["b.py"]);
});

test("what is no part of a program stays out, unless it is named or included", async () => {
  make(
    "app/a.py",
    "app/.env",
    "app/__pycache__/a.pyc",
    "app/myenv/pyvenv.cfg",
    "app/myenv/b.py",
    "app/.git/HEAD",
    "app/node_modules/x/index.js",
    "app/.pylock.toml.0123456789ab.tmp",
    "app/Touchdownfile.ts",
  );
  expect(await paths(["app"])).toEqual(["app/a.py"]);
  expect(await paths(["app"], ["app/.env"])).toEqual(["app/.env", "app/a.py"]);
  expect(await paths(["app/.env"])).toEqual([".env"]);
  expect(await paths(["app"], ["node_modules/"])).toEqual([
    "app/a.py",
    "app/node_modules/x/index.js",
  ]);
});

test("a name with glob characters that is there is that file", async () => {
  make("a[1].py");
  expect(await paths(["a[1].py"])).toEqual(["a[1].py"]);
});

test("links are followed; one that leads nowhere, or in a circle, is refused", async () => {
  make("app/a.py", "shared/b.py");
  symlinkSync("../shared", join(folder, "app/shared"));
  symlinkSync("a.py", join(folder, "app/c.py"));
  expect(await paths(["app"])).toEqual(["app/a.py", "app/c.py", "app/shared/b.py"]);
  symlinkSync("..", join(folder, "app/up"));
  await expect(paths(["app"])).rejects.toThrow("app/up is a link to");
  rmSync(join(folder, "app/up"));
  symlinkSync("nowhere", join(folder, "app/gone.py"));
  await expect(paths(["app"])).rejects.toMatchObject({ code: "SOURCE_LINK" });
  expect(await paths(["app"], [], ["app/gone.py"])).toHaveLength(3);
  expect(await paths([{ from: "app", to: "lib" }], [], ["lib/app/gone.py"])).toHaveLength(3);
});

test("a file that is executable for its owner stays so; no other bit counts", async () => {
  make("run.sh", "a.py");
  chmodSync(join(folder, "run.sh"), 0o700);
  chmodSync(join(folder, "a.py"), 0o666);
  const files = await sourceFiles(["run.sh", "a.py"], {
    folder,
    wanted: () => false,
    unwanted: () => false,
  });
  expect(files.map(({ mode }) => mode)).toEqual([0o755, 0o644]);
});

test("what is not there is an error that says from where it was looked for", async () => {
  await expect(paths(["gone.py"])).rejects.toMatchObject({
    code: "SOURCE_MISSING",
    message: "sources: there is no gone.py",
    hint: `sources are looked for from ${folder}`,
  });
  await expect(paths(["*.py"])).rejects.toMatchObject({ code: "SOURCE_MISSING" });
});

test("where nothing is named, modules and packages are meant, or what is in src", () => {
  make(
    "handler.py",
    "setup.py",
    "conftest.py",
    "test_handler.py",
    "app/__init__.py",
    "tests/__init__.py",
    "docs/index.md",
  );
  expect(defaultSources(folder)).toEqual(["app", "handler.py"]);
  make("src/service/__init__.py", "src/main.py", "src/x.egg-info/PKG-INFO");
  expect(defaultSources(folder)).toEqual(["src/main.py", "src/service"]);
});

test("a file whose name is not UTF-8 is refused by its name", async (context) => {
  make("app/a.py");
  try {
    writeFileSync(Buffer.from(`${folder}/app/bad\xff.txt`, "latin1"), "");
  } catch {
    return context.skip("needs a file system that takes such names");
  }
  await expect(paths(["app"])).rejects.toMatchObject({ code: "SOURCE_NAME", hint: "rename it" });
  return undefined;
});
