/** What poetry, pdm and pipenv themselves export of a lock, for every target, is what is read from it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/host/run.ts";
import type { LockedPackage } from "../../src/python/lock/locked.ts";
import { readLock } from "../../src/python/lock/read-lock.ts";
import { markerEnvironment } from "../../src/python/specifiers/marker-environment.ts";
import {
  architectures,
  pythonRuntimes,
  type PythonRuntime,
} from "../../src/python/wheel/targets.ts";
import { makeWheel, type WheelOptions } from "../support/make-wheel.ts";
import { askOracle, lockTool } from "../support/oracle-python.ts";
import { startPackageIndex, type PackageIndex } from "../support/package-index.ts";

/** Markers of every kind, extras that need extras, versions for some Pythons only, names that are written in two ways. */
const universe: readonly WheelOptions[] = [
  {
    name: "top",
    requires: [
      "mid[fast]",
      "old; python_version < '3.11'",
      "win; sys_platform == 'win32'",
      "arm; platform_machine == 'aarch64'",
      "Weird.Name_X>=1 ; implementation_name == 'cpython' and python_full_version >= '3.10.2'",
    ],
  },
  {
    name: "mid",
    extras: ["fast", "slow"],
    requires: [
      "base",
      "quick; extra == 'fast'",
      "quick-arm; extra == 'fast' and platform_machine == 'aarch64'",
      "sloth; extra == 'slow'",
    ],
  },
  { name: "base", version: "1.0" },
  { name: "base", version: "2.0", requires: ["new"] },
  ...["old", "win", "arm", "weird-name-x", "quick", "quick-arm", "sloth", "new", "alone"].map(
    (name) => ({ name, version: "1.5" }),
  ),
  { name: "lint", extras: ["all"], requires: ["mid[slow]; extra == 'all'", "alone"] },
  { name: "docs", requires: ["alone; python_version >= '3.12'", "old; python_version < '3.10'"] },
];

const project = `[project]
name = "app"
version = "1.0"
requires-python = ">=3.9,<4.0"
dependencies = ["top", "base<2; python_version < '3.12'", "base>=2; python_version >= '3.12'", "win>=1; sys_platform == 'win32' or python_version < '3.10'"]
[project.optional-dependencies]
slow = ["mid[slow]"]
new = ["new; python_version >= '3.13'", "alone; platform_machine != 'aarch64'"]
[dependency-groups]
lint = ["lint[all]"]
docs = ["docs", { include-group = "lint" }]
empty = []
`;

interface Choice {
  readonly extras: readonly string[];
  readonly groups: readonly string[];
}

interface Tool {
  readonly lock: string;
  /** The commands that write it. */
  readonly locking: readonly (readonly string[])[];
  readonly files: (index: string) => Readonly<Record<string, string>>;
  readonly exporting: (choice: Choice) => readonly string[];
  readonly choices: readonly Choice[];
  readonly runtimes: readonly PythonRuntime[];
}

const choices: readonly Choice[] = [
  { extras: [], groups: [] },
  { extras: ["slow"], groups: [] },
  { extras: ["new"], groups: [] },
  { extras: [], groups: ["lint"] },
  { extras: ["new", "slow"], groups: ["docs"] },
];

const tools: Readonly<Record<"poetry" | "pdm" | "pipenv", Tool>> = {
  poetry: {
    lock: "poetry.lock",
    locking: [["lock"]],
    files: (index) => ({
      "pyproject.toml": `${project}[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = "test"\nurl = "${index}"\npriority = "primary"\n`,
    }),
    exporting: ({ extras, groups }) => [
      "export",
      ...extras.flatMap((extra) => ["--extras", extra]),
      ...groups.flatMap((group) => ["--with", group]),
    ],
    choices,
    runtimes: pythonRuntimes,
  },
  pdm: {
    lock: "pdm.lock",
    // one resolution has one version of each distribution
    locking: [
      ["lock", "--group", ":all", "--python", ">=3.9,<3.12"],
      ["lock", "--group", ":all", "--append", "--python", ">=3.12,<4.0"],
    ],
    files: (index) => ({
      "pyproject.toml": `${project}[[tool.pdm.source]]\nname = "pypi"\nurl = "${index}"\nverify_ssl = false\n`,
    }),
    exporting: ({ extras, groups }) => [
      "export",
      // a group that is named stands for itself alone; otherwise all would come
      ...(groups.length === 0 ? ["--prod"] : []),
      ...[...extras, ...groups].flatMap((group) => ["--group", group]),
    ],
    choices,
    runtimes: pythonRuntimes,
  },
  pipenv: {
    lock: "Pipfile.lock",
    locking: [["lock"]],
    files: (index) => ({
      Pipfile: `[[source]]
name = "test"
url = "${index}"
verify_ssl = false
[packages]
top = "*"
mid = {version = "*", extras = ["slow"]}
win = {version = "*", markers = "sys_platform == 'win32'"}
alone = {version = "*", platform_machine = "!= 'aarch64'"}
[dev-packages]
lint = {version = "*", extras = ["all"]}
[docs]
docs = "*"
[requires]
python_version = "3.11"
`,
    }),
    exporting: ({ groups }) => {
      const categories = [
        "packages",
        ...groups.map((each) => (each === "develop" ? "dev-packages" : each)),
      ];
      return ["requirements", "--hash", "--categories", categories.join(" ")];
    },
    choices: [[], ["develop"], ["docs"], ["develop", "docs"]].map((groups) => ({
      extras: [],
      groups,
    })),
    runtimes: ["python3.11"],
  },
};

let root: string;
let index: PackageIndex;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "touchdown-locks-"));
  index = await startPackageIndex(universe.map((each) => makeWheel({}, each)));
});
afterAll(async () => {
  await index.stop();
  await rm(root, { recursive: true });
});

for (const [name, tool] of Object.entries(tools)) {
  describe(`a ${tool.lock} selects what ${name} exports`, () => {
    let folder: string;
    let program: string;
    const call = async (words: readonly string[]): Promise<string> => {
      const env = {
        PIPENV_VENV_IN_PROJECT: "1",
        PIPENV_IGNORE_VIRTUALENVS: "1",
        PIP_FIND_LINKS: "",
      };
      const { exitCode, stdout, stderr } = await run([program, ...words], { cwd: folder, env });
      if (exitCode !== 0) throw new Error(`${name} ${words.join(" ")}: ${stdout}${stderr}`);
      return stdout;
    };
    beforeAll(async () => {
      folder = join(root, name);
      program = await lockTool(name as keyof typeof tools);
      await mkdir(folder);
      for (const [file, text] of Object.entries(tool.files(index.url)))
        await writeFile(join(folder, file), text);
      for (const words of tool.locking) await call(words);
    });

    test.each(tool.choices)("extras $extras, groups $groups", async ({ extras, groups }) => {
      const targets = tool.runtimes.flatMap((runtime) =>
        architectures.map((architecture) => ({ runtime, architecture })),
      );
      const [theirs] = (await askOracle(join(import.meta.dirname, "requirements.py"), {
        input: {
          texts: [await call(tool.exporting({ extras, groups }))],
          environments: targets.map((target) => markerEnvironment(target)),
        },
      })) as readonly unknown[][];
      const path = join(folder, tool.lock);
      const ours = await Promise.all(
        targets.map(async (target) =>
          (await readLock(path, { target, extras, groups })).map(asExported),
        ),
      );
      expect(ours.every((each) => each.length > 4)).toBe(true);
      expect(ours).toEqual(theirs);
    });
  });
}

function asExported({ name, version, source }: LockedPackage): unknown {
  const hashes =
    source.kind === "files"
      ? source.wheels.map(({ sha256 }) => sha256)
      : source.kind === "hashes"
        ? source.sha256
        : [];
  return [name, version ?? "", hashes.toSorted()];
}
