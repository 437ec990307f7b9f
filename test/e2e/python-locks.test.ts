/** Other tools' locks through the built command: obeyed, with the files' addresses from an index on loopback. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Uv } from "../../src/python/uv/uv.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import { packageWorld, pathsIn, touchdownfile } from "../support/package-world.ts";
import type { PackageWorld } from "../support/package-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

const top = makeWheel({ "top/__init__.py": "import base\n" }, { name: "top", requires: ["base"] });
const base = makeWheel({ "base/__init__.py": "x = 1\n" }, { name: "base" });
const newer = makeWheel({ "base/__init__.py": "x = 2\n" }, { name: "base", version: "2.0" });
const gone = "0".repeat(64);

let index: PackageIndex;
let uv: Uv | undefined;
let world: PackageWorld | undefined;

beforeAll(async () => {
  uv = await uvForTests();
});
beforeEach(async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  index = await startPackageIndex([top, base, newer]);
});
afterEach(async () => {
  await world?.remove();
  world = undefined;
  await index.stop();
});

/** A folder with a package of these arguments, where `env` says which indexes are configured. */
async function worldOf(
  args: string,
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<PackageWorld> {
  if (uv === undefined) throw new Error("needs uv");
  world = await packageWorld({ index, uv, env });
  const file = `workspace.addPythonPackage({ name: "api", runtime: "python3.11", sources: ["app.py"], ${args} });`;
  await world.write({
    "Touchdownfile.ts": touchdownfile(file),
    "app.py": "import top\n",
    ...files,
  });
  return world;
}

const pyproject = `[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["top"]
`;

const poetryLock = `[[package]]
name = "base"
version = "1.0"
optional = false
python-versions = "*"
groups = ["main"]
files = [{ file = "${base.name}", hash = "sha256:${base.sha256}" }]

[[package]]
name = "top"
version = "1.0"
optional = false
python-versions = "*"
groups = ["main"]
files = [
    { file = "top-1.0-cp38-cp38-win_amd64.whl", hash = "sha256:${gone}" },
    { file = "${top.name}", hash = "sha256:${top.sha256}" },
]
[package.dependencies]
base = "*"

[metadata]
lock-version = "2.1"
python-versions = ">=3.9"
content-hash = "${gone}"
`;

const pdmLock = `[metadata]
groups = ["default"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
content_hash = "sha256:${gone}"

[[metadata.targets]]
requires_python = ">=3.9"

[[package]]
name = "base"
version = "1.0"
groups = ["default"]
files = [{ file = "${base.name}", hash = "sha256:${base.sha256}" }]

[[package]]
name = "top"
version = "1.0"
groups = ["default"]
dependencies = ["base"]
files = [{ file = "${top.name}", hash = "sha256:${top.sha256}" }]
`;

const pipfileLock = (sources: readonly object[] = []): string =>
  JSON.stringify({
    _meta: { hash: { sha256: gone }, "pipfile-spec": 6, requires: {}, sources },
    default: {
      base: { hashes: [`sha256:${base.sha256}`], version: "==1.0" },
      top: { hashes: [`sha256:${top.sha256}`], version: "==1.0" },
    },
    develop: {},
  });

const requirements = `top==1.0 --hash=sha256:${top.sha256}
base==1.0 \\
    --hash=sha256:${gone} \\
    --hash=sha256:${base.sha256}
`;

const uvLock = (): string => `version = 1
revision = 2
requires-python = ">=3.9"

[[package]]
name = "app"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "top" }]

[[package]]
name = "base"
version = "1.0"
source = { registry = "${index.url}" }
wheels = [{ url = "${index.fileUrl(base.name)}", hash = "sha256:${base.sha256}" }]

[[package]]
name = "top"
version = "1.0"
source = { registry = "${index.url}" }
dependencies = [{ name = "base" }]
wheels = [{ url = "${index.fileUrl(top.name)}", hash = "sha256:${top.sha256}" }]
`;

const locks: readonly [
  name: string,
  args: string,
  files: () => Readonly<Record<string, string>>,
][] = [
  [
    "poetry.lock",
    'project: "."',
    () => ({
      "pyproject.toml": `${pyproject}[tool.poetry]\npackage-mode = false\n`,
      "poetry.lock": poetryLock,
    }),
  ],
  ["pdm.lock", 'project: "."', () => ({ "pyproject.toml": pyproject, "pdm.lock": pdmLock })],
  [
    "Pipfile.lock",
    'project: "."',
    () => ({ "pyproject.toml": pyproject, "Pipfile.lock": pipfileLock() }),
  ],
  [
    "requirements.txt with hashes",
    'requirements: "requirements.txt"',
    () => ({ "requirements.txt": requirements }),
  ],
  ["uv.lock", 'project: "."', () => ({ "pyproject.toml": pyproject, "uv.lock": uvLock() })],
];

const paths = [
  "app.py",
  ...[base, top].flatMap(({ name }) => {
    const stem = name.split("-")[0]!;
    const info = ["METADATA", "RECORD", "WHEEL"].map((file) => `${stem}-1.0.dist-info/${file}`);
    return [...info, `${stem}/__init__.py`];
  }),
];

describe.each(locks)("%s", (_name, args, files) => {
  test("is obeyed as it is, and no index asked again", async () => {
    const { build, run } = await worldOf(args, files());
    const first = (await build("--locked")).get("api")!;
    expect(pathsIn(first.path)).toEqual(paths);
    const asked = index.requests().length;
    await world!.write({ "app.py": "import top  # edited\n" });
    expect((await build("--locked")).get("api")?.built).toBe(true);
    expect((await run("lock", "--check")).exitCode).toBe(0);
    expect((await run("lock", "--upgrade=top")).stderr).toContain("Nothing to lock");
    expect(index.requests()).toHaveLength(asked);
  });
});

const [, requirementsArgs] = locks[3]!;
const hashed = { "requirements.txt": requirements };

test("a file that hashed requirements include is part of the lock", async () => {
  const { build, write } = await worldOf(requirementsArgs, {
    "requirements.txt": "-r more.txt\n",
    "more.txt": requirements,
  });
  expect(pathsIn((await build()).get("api")!.path)).toEqual(paths);
  await write({ "more.txt": `base==2.0 --hash=sha256:${newer.sha256}\n` });
  const changed = (await build()).get("api")!;
  expect(changed).toMatchObject({ built: true, reason: "requirements.txt changed" });
  expect(pathsIn(changed.path)).toContain("base-2.0.dist-info/METADATA");
});

test("a marker that a later patch of Python would decide otherwise is named", async () => {
  const marked = `${requirements}other==1.0 ; python_full_version >= "3.11.99" --hash=sha256:${gone}\n`;
  const { run } = await worldOf(requirementsArgs, { "requirements.txt": marked });
  const built = await run("build");
  expect(built.exitCode).toBe(0);
  expect(built.stderr).toMatch(
    /requirements\.txt: "?other.* is false for Python 3\.11\.\d+, which Lambda's python3\.11 has reached; for 3\.11\.99 it would be true/,
  );
});

describe("where files are looked for", () => {
  test("in the index the lock names, before those that are configured", async () => {
    const sources = [{ name: "own", url: index.url, verify_ssl: true }];
    const files = { "pyproject.toml": pyproject, "Pipfile.lock": pipfileLock(sources) };
    const env = { UV_DEFAULT_INDEX: "http://127.0.0.1:9/simple/" };
    const { build } = await worldOf('project: "."', files, env);
    expect(pathsIn((await build()).get("api")!.path)).toEqual(paths);
  });

  test("with the password that the index is configured with, and says so without it", async () => {
    index.wantPassword("me", "secret");
    const own = index.url.replace("//", "//me:secret@");
    const { build, run } = await worldOf(requirementsArgs, hashed, { UV_DEFAULT_INDEX: own });
    expect(pathsIn((await build()).get("api")!.path)).toEqual(paths);
    index.wantPassword("me", "other");
    await world!.write({ "requirements.txt": `${requirements}# another lock\n` });
    const refused = await run("build");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("wants a name and password");
    expect(refused.stdout + refused.stderr).not.toContain("secret");
  });

  test("in the index that pip is configured with", async () => {
    const env = { UV_DEFAULT_INDEX: "", PIP_INDEX_URL: index.url };
    const { build } = await worldOf(requirementsArgs, hashed, env);
    expect(pathsIn((await build()).get("api")!.path)).toEqual(paths);
  });

  test("by uv, where no index is configured: here it knows a folder", async () => {
    const env = { UV_DEFAULT_INDEX: "", UV_NO_INDEX: "1", UV_FIND_LINKS: "links" };
    const { folder, build } = await worldOf(requirementsArgs, hashed, env);
    await mkdir(join(folder, "links"));
    for (const { name, bytes } of [top, base, newer])
      await writeFile(join(folder, "links", name), bytes);
    expect(pathsIn((await build()).get("api")!.path)).toEqual(paths);
    expect(index.requests()).toEqual([]);
  });

  test("nowhere: the package, the lock and the way out are named", async () => {
    const lost = { "requirements.txt": `top==3.0 --hash=sha256:${gone}\n` };
    const { run } = await worldOf(requirementsArgs, lost);
    const refused = await run("build");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain(
      "no index has a file of top 3.0 with a hash that is in requirements.txt",
    );
    expect(refused.stderr).toContain(`these were asked: ${index.url}; lock again, or configure`);
  });

  test("nowhere by uv either: it says why", async () => {
    const lost = { "requirements.txt": `top==3.0 --hash=sha256:${gone}\n` };
    const env = { UV_DEFAULT_INDEX: "", UV_NO_INDEX: "1" };
    const { run } = await worldOf(requirementsArgs, lost, env);
    const refused = await run("build");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("uv did not find those of top==3.0");
    expect(refused.stderr).toContain("UV_INDEX");
  });
});
