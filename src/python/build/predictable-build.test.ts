import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { learnSources } from "./learned-sources.ts";
import { isPredictable } from "./predictable-build.ts";
import type { ProjectTree } from "../projects/tree-hash.ts";

/** Files by path, each with a text that stands for its hash. */
const treeOf = (files: Readonly<Record<string, string>>): ProjectTree => ({
  folder: "/project",
  hash: "",
  files: Object.entries(files).map(([path, sha256]) => ({
    path,
    sha256,
    file: `/project/${path}`,
    mode: 0o644,
  })),
});

const pyproject = (backend: string, requires: string, more = "") =>
  parse(`
[project]
name = "pkg"
version = "1.0"
[build-system]
requires = [${requires}]
build-backend = "${backend}"
${more}`);

const predictable = (backend: string, requires: string, more = "", files = {}) =>
  isPredictable(pyproject(backend, requires, more), treeOf({ "pyproject.toml": "p", ...files }));

describe("a build is predictable", () => {
  test.each([
    ["hatchling.build", '"hatchling"'],
    ["setuptools.build_meta", '"setuptools>=61", "wheel"'],
    ["flit_core.buildapi", '"flit_core >=3.2,<4"'],
    ["poetry.core.masonry.api", '"poetry-core>=2"'],
    ["pdm.backend", '"pdm-backend"'],
    ["uv_build", '"uv_build>=0.9,<0.14"'],
  ])("by %s, alone and without hooks", (backend, requires) => {
    expect(predictable(backend, requires)).toBe(true);
  });

  test.each([
    ["hatchling.build", '"hatchling", "hatch-vcs"', "", {}],
    ["hatchling.build", '"hatchling"', "[tool.hatch.build.hooks.custom]", {}],
    ["hatchling.build", '"hatchling"', "[tool.hatch.build.targets.wheel.hooks.vcs]", {}],
    ["hatchling.build", '"hatchling"', "[tool.hatch.metadata.hooks.custom]", {}],
    ["hatchling.build", '"hatchling"', "", { "hatch.toml": "h" }],
    ["setuptools.build_meta", '"setuptools"', "", { "setup.py": "s" }],
    ["setuptools.build_meta", '"setuptools"', "", { "setup.cfg": "s" }],
    ["setuptools.build_meta", '"setuptools", "cffi"', "", {}],
    ["setuptools.build_meta", '"setuptools"', '[[tool.setuptools.ext-modules]]\nname = "x"', {}],
    ["setuptools.build_meta:__legacy__", '"setuptools"', "", {}],
    ["poetry.core.masonry.api", '"poetry-core"', '[tool.poetry.build]\nscript = "b.py"', {}],
    ["pdm.backend", '"pdm-backend"', "", { "pdm_build.py": "b" }],
    ["pdm.backend", '"pdm-backend"', '[tool.pdm.build]\ncustom-hook = "b.py"', {}],
    ["mesonpy", '"meson-python"', "", {}],
  ])("not by %s with %s, %s, %j", (backend, requires, more, files) => {
    expect(predictable(backend, requires, more, files)).toBe(false);
  });

  test("not where metadata come from the code, or the backend from the project", () => {
    const tree = treeOf({});
    const document = pyproject("hatchling.build", '"hatchling"');
    expect(
      isPredictable({ ...document, project: { name: "pkg", dynamic: ["version"] } }, tree),
    ).toBe(false);
    const own = {
      ...document,
      "build-system": { "build-backend": "uv_build", "backend-path": ["."] },
    };
    expect(isPredictable(own, tree)).toBe(false);
  });
});

test("of a wheel the entries are learned that are source files and nothing else", () => {
  const tree = treeOf({
    "pyproject.toml": "toml",
    ".gitignore": "ignore",
    "README.md": "readme",
    LICENSE: "license",
    "src/pkg/__init__.py": "init",
    "src/pkg/a/empty.py": "empty",
    "src/pkg/b/empty.py": "empty",
    "src/pkg/LICENSE": "license",
    "src/pkg/named.txt": "named",
    "src/pkg/setup.cfg": "configuration",
    "src/pkg/twice.txt": "twice",
    "templates/base.txt": "renamed",
    "bin/tool": "script",
  });
  const entry = (path: string, sha256: string) => ({ path, sha256 });
  const wheel = [
    entry("pkg/__init__.py", "init"),
    entry("pkg/a/empty.py", "empty"),
    entry("pkg/b/empty.py", "empty"),
    entry("pkg/LICENSE", "license"),
    entry("pkg/named.txt", "named"),
    entry("pkg/setup.cfg", "configuration"),
    entry("pkg/twice.txt", "twice"),
    entry("other/twice.txt", "twice"),
    entry("pkg/base.txt", "renamed"),
    entry("pkg/generated.py", "generated"),
    entry("pkg-1.0.data/scripts/tool", "script"),
    entry("pkg-1.0.dist-info/licenses/LICENSE", "license"),
  ];
  const learned = learnSources(wheel, tree, { tool: { x: { include: ["./src/pkg/named.txt"] } } });
  expect(learned.entries).toEqual({ "src/pkg/__init__.py": "pkg/__init__.py" });
  expect(learned.files["README.md"]).toBe("readme");
});
