/** The matrix of docs/reproducible.md, on packages of every kind. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { builtInClone, originalOf, type Original } from "../support/clones.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import { touchdownfile } from "../support/package-world.ts";
import { reproducibilityMatrix } from "../support/reproducibility-matrix.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let index: PackageIndex;
let made: Original | undefined;

/** A build backend that needs nothing: it zips the modules beside it, dated now, in the folder's order. */
const backend = `
import os, sys, zipfile
def _build(directory):
    name = os.path.basename(os.getcwd()).split("-")[0].replace(".", "_")
    path = f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, path), "w", zipfile.ZIP_DEFLATED) as wheel:
        names = [n for n in os.listdir(".") if n.endswith(".py") and n != "backend.py"]
        for n in names:
            wheel.write(n)
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        lines = [f"{n},," for n in names] + [f"{info}/METADATA,,", f"{info}/WHEEL,,", f"{info}/RECORD,,"]
        wheel.writestr(f"{info}/RECORD", "\\n".join(lines) + "\\n")
    return path
def build_wheel(directory, config_settings=None, metadata_directory=None):
    return _build(directory)
def build_sdist(directory, config_settings=None):
    raise NotImplementedError
`;
const buildSystem =
  '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
const project = (name: string): string =>
  `[project]\nname = "${name}"\nversion = "1.0"\nrequires-python = ">=3.9"\n${buildSystem}`;

const modules = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [`big/m${n}.py`, `value = ${n}\n`.repeat(n * 50 + 1)]),
);

const files = {
  "Touchdownfile.ts": touchdownfile(`
    const common = { runtime: "python3.11", requirements: "requirements.txt" } as const;
    workspace.addPythonPackage({ ...common, name: "sources", sources: ["app", "run.sh"] });
    workspace.addPythonPackage({ ...common, name: "files", sources: ["app"], files: { "ü/settings.json": serializers.json({ b: 1, a: "é" }) } });
    workspace.addPythonPackage({ runtime: "python3.11", name: "project", project: "svc" });
    workspace.addPythonPackage({ runtime: "python3.11", name: "sdist", requirements: "sdist/requirements.txt", sources: ["app/a.py"] });
    workspace.addPythonPackage({ runtime: "python3.11", name: "members", requirements: "members/requirements.txt", sources: ["app/a.py"] });
    workspace.addPythonPackage({ ...common, name: "bytecode", sources: ["app"], bytecode: true });
    for (let n = 0; n < 10; n += 1)
      workspace.addPythonPackage({ ...common, name: \`many\${n}\`, sources: ["app"], files: { "n.txt": String(n) } });`),
  "requirements.txt": "big\n",
  "sdist/requirements.txt": "only-sdist\n",
  "members/requirements.txt": "../shared\n",
  "shared/pyproject.toml": project("shared"),
  "shared/backend.py": backend,
  "shared/shared.py": "shared = 1\n",
  "svc/pyproject.toml": project("svc"),
  "svc/backend.py": backend,
  "svc/zeta.py": "zeta = 1\n",
  "svc/alpha.py": "alpha = 1\n",
  "app/__init__.py": "",
  "app/a.py": "a = 1\n".repeat(500),
  "app/Ångström.py": "x = 1\n",
  "app/z/deep.py": "",
  "run.sh": "#!/bin/sh\n",
};

beforeAll(async () => {
  const uv = await uvForTests();
  index = await startPackageIndex([
    makeWheel(modules, { name: "big", requires: ["space-one", "space-two"] }),
    makeWheel({ "space/one.py": "one = 1\n" }, { name: "space-one" }),
    makeWheel(
      { "space/two.py": "two = 2\n", "space_two-1.0.data/scripts/run-two": "#!python\nprint(2)\n" },
      { name: "space-two", entryPoints: "[console_scripts]\ntwo = space.two:main\n" },
    ),
    makeSdist(
      {
        "backend.py": backend,
        "pyproject.toml": project("only_sdist"),
        "only.py": "only = 1\n",
        "PKG-INFO": "Metadata-Version: 2.2\nName: only_sdist\nVersion: 1.0\n",
      },
      { name: "only_sdist" },
    ),
  ]);
  if (uv !== undefined) made = await originalOf({ index, uv }, files);
}, 120_000);

afterAll(async () => {
  await index.stop();
  await made?.world.remove();
});

beforeEach((context) => {
  if (made === undefined) context.skip("needs uv");
});

function original(): Original {
  if (made === undefined) throw new Error("skipped where there is no uv");
  return made;
}

reproducibilityMatrix({
  original,
  packages: 16,
  folders: ["app", "svc"],
  edited: { file: "app/a.py", changes: ["sources", "bytecode"], keeps: ["project"] },
  alone: ["many9", "many0", "sdist"],
});

test("of an edited project whose build backend was not run again, as of one that was", async () => {
  const prepare = (folder: string): Promise<void> =>
    writeFile(join(folder, "svc/zeta.py"), "zeta = 3\n");
  const fresh = await builtInClone(original(), { prepare });
  const { world, expected } = original();
  expect(await builtInClone(original(), { prepare, cache: world.cache })).toEqual(fresh);
  expect(fresh.get("project")).not.toBe(expected.get("project"));
});

test("of a package that is only an sdist", () => {
  expect(original().expected.get("sdist")).toMatch(/^[0-9a-f]{64}$/u);
});
