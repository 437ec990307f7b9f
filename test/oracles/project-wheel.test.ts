import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lockBackends } from "../../src/python/locking/lock-backends.ts";
import { buildProject } from "../../src/python/build/project-wheel.ts";
import type { Uv } from "../../src/python/uv/uv.ts";
import { readEntry } from "../../src/zip/read-entry.ts";
import { readCentralDirectory } from "../../src/zip/read.ts";
import { buildWorld, writeTree } from "../support/build-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

/** What each needs besides the module's name to find its files. */
const backends = [
  { requires: "hatchling", module: "hatchling.build", more: "" },
  {
    requires: "setuptools",
    module: "setuptools.build_meta",
    more: '[tool.setuptools.package-data]\npkg = ["*.json"]\n',
  },
  { requires: "flit_core>=3.11", module: "flit_core.buildapi", more: "" },
  {
    requires: "poetry-core>=2",
    module: "poetry.core.masonry.api",
    more: '[tool.poetry]\npackages = [{ include = "pkg", from = "src" }]\n',
  },
  { requires: "pdm-backend", module: "pdm.backend", more: "" },
  { requires: "uv_build>=0.9", module: "uv_build", more: "" },
] as const;

let uv: Uv | undefined;
let folder: string;
beforeAll(async () => {
  uv = await uvForTests();
});
beforeEach(async (context) => {
  if (uv === undefined) context.skip("needs uv");
  folder = await realpath(await mkdtemp(join(tmpdir(), "touchdown-backends-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function textOf(wheel: string, path: string): Promise<string> {
  const bytes = await readFile(wheel);
  const entry = (await readCentralDirectory(bytes)).find((one) => one.path === path);
  return entry === undefined ? "" : Buffer.from(await readEntry(bytes, entry)).toString("utf8");
}

describe.each(backends)("an edit in a project built by $module", ({ requires, module, more }) => {
  const files = (version: number) => ({
    "pyproject.toml": `\
[project]
name = "pkg"
version = "1.0"
description = "of a test"
readme = "README.md"
requires-python = ">=3.9"
${more}[build-system]
requires = ["${requires}"]
build-backend = "${module}"
`,
    "README.md": "# pkg\n",
    LICENSE: "MIT\n",
    "src/pkg/__init__.py": '"""of a test"""\n__version__ = "1.0"\n',
    "src/pkg/mod.py": `x = ${version}\n`,
    "src/pkg/data.json": `{"version": ${version}}\n`,
    "src/pkg/sub/__init__.py": "",
    "src/pkg/sub/other.py": "",
  });

  test("makes the wheel that the backend would make, without it", async () => {
    const options = { uv: uv!, folder, minor: 11 };
    const locked = { backends: await lockBackends([[requires]], options) };
    const project = join(folder, "project");
    await writeTree(project, files(1));
    const here = await buildWorld(join(folder, "store"), uv!, locked);
    const first = await buildProject(project, here);
    expect(first).toMatchObject({ compiled: false, locked: true });
    expect(here.runs()).toBe(1);

    await writeTree(project, files(2));
    const edited = await buildProject(project, here);
    expect(here.runs()).toBe(1);
    expect(await textOf(edited.path, "pkg/mod.py")).toBe("x = 2\n");
    expect(await textOf(edited.path, "pkg/data.json")).toBe('{"version": 2}\n');
    const fresh = await buildWorld(join(folder, "fresh"), uv!, locked);
    expect((await buildProject(project, fresh)).sha256).toBe(edited.sha256);
    expect(fresh.runs()).toBe(1);

    await writeTree(project, { "README.md": "# other\n" });
    const documented = await buildProject(project, here);
    expect(here.runs()).toBe(2);
    expect(await textOf(documented.path, "pkg-1.0.dist-info/METADATA")).toContain("# other");

    await writeTree(project, { "src/pkg/sub/__init__.py": "y = 1\n" });
    const grown = await buildProject(project, here);
    expect(here.runs()).toBe(3);
    expect(await textOf(grown.path, "pkg/sub/__init__.py")).toBe("y = 1\n");

    await writeTree(project, { "src/pkg/new.py": "z = 1\n" });
    await rm(join(project, "src/pkg/mod.py"));
    const moved = await buildProject(project, here);
    expect(here.runs()).toBe(4);
    expect(await textOf(moved.path, "pkg/new.py")).toBe("z = 1\n");
    expect(await textOf(moved.path, "pkg/mod.py")).toBe("");
  });
});
