import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readLockInputs } from "./lock-inputs.ts";
import { lockPath, type LockRequest } from "./lock-request.ts";
import { lockState, requireCurrentLock } from "./lock-state.ts";
import { lockFormat } from "./lock-table.ts";
import { lockText } from "./lock-text.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const request = (more: Partial<LockRequest> = {}): LockRequest => ({
  folder,
  requirements: [join(folder, "requirements.txt")],
  extras: [],
  groups: [],
  minors: [11, 13],
  ...more,
});
const project = (more: Partial<LockRequest> = {}): LockRequest =>
  request({ requirements: [], project: folder, ...more });

/** As `compileLock` would, had uv found that nothing is needed. */
async function lock(wanted: LockRequest): Promise<void> {
  const table = {
    format: lockFormat,
    python: `>=3.${Math.min(...wanted.minors)}`,
    extras: wanted.extras,
    groups: wanted.groups,
    bytecode: (wanted.bytecode ?? []).map((minor) => `3.${minor}.1`),
    inputs: readLockInputs(wanted).hashes,
    builds: new Map(),
    backends: [],
  };
  const text = lockText(
    'lock-version = "1.0"\ncreated-by = "uv"\n',
    { from: folder, to: folder },
    table,
  );
  await writeFile(lockPath(wanted), text);
}

const names = (wanted: LockRequest) => [...readLockInputs(wanted).hashes.keys()];
const stale = (wanted: LockRequest) => {
  const state = lockState(wanted);
  return typeof state === "string" ? state : state.stale;
};

test("a byte order mark and other line ends change nothing, in files and in the lock", async () => {
  const pyproject = '[project]\nname = "app"\nversion = "1"\ndependencies = ["six"]\n';
  await writeFile(join(folder, "pyproject.toml"), pyproject);
  await lock(project());
  await writeFile(join(folder, "pyproject.toml"), `\uFEFF${pyproject.replaceAll("\n", "\r\n")}`);
  const path = lockPath(project());
  await writeFile(path, `\uFEFF${(await readFile(path, "utf8")).replaceAll("\n", "\r\n")}`);
  expect(lockState(project())).toBe("current");
});

describe("a lock made from requirements files", () => {
  test("goes stale when one of them, or one they name, changes in more than comments", async () => {
    await write({
      "requirements.txt": "-r deps/more.txt\n--constraint=limits.txt\nsix>=1 # new\n",
      "deps/more.txt": "idna \\\n  >=3\n-r ../requirements.txt\n",
      "limits.txt": "idna<4\n",
    });
    expect(names(request())).toEqual(["deps/more.txt", "limits.txt", "requirements.txt"]);
    await lock(request());
    expect(stale(request())).toBe("current");
    await write({ "limits.txt": "# old\r\n\r\nidna<4   # why\r\n" });
    expect(stale(request())).toBe("current");
    await write({ "limits.txt": "idna<3\n" });
    expect(stale(request())).toBe("limits.txt has changed");
    await write({ "limits.txt": "idna<4\n", "requirements.txt": "-r deps/more.txt\nsix>=1\n" });
    expect(stale(request())).toBe("requirements.txt has changed");
  });

  test("goes stale for bytecode of a Python that it does not name exactly", async () => {
    await write({ "requirements.txt": "six\n" });
    await lock(request({ bytecode: [13] }));
    expect(stale(request({ bytecode: [13] }))).toBe("current");
    expect(stale(request())).toBe("current");
    const why = "it does not say which Python 3.11 compiles bytecode";
    expect(stale(request({ bytecode: [11, 13] }))).toBe(why);
  });

  test("goes stale for an older Python, other extras, other files; not for a newer Python", async () => {
    await write({ "requirements.txt": "six\n", "more.txt": "" });
    await lock(request());
    expect(stale(request({ minors: [13] }))).toBe("current");
    expect(stale(request({ minors: [9, 13] }))).toBe("it is for Python >=3.11, and 3.9 is used");
    expect(stale(request({ extras: ["s3"] }))).toBe("its extras are none, and s3 are wanted");
    expect(stale(request({ requirements: [join(folder, "more.txt")] }))).toBe(
      "more.txt was not part of what it was made from",
    );
  });

  test("does not go stale when a password in an index's address changes", async () => {
    await write({ "requirements.txt": "-i https://me:one@index.invalid/simple\nsix\n" });
    await lock(request());
    await write({ "requirements.txt": "-i https://me:two@index.invalid/simple\nsix\n" });
    expect(stale(request())).toBe("current");
    await write({ "requirements.txt": "-i https://other.invalid/simple\nsix\n" });
    expect(stale(request())).toBe("requirements.txt has changed");
  });

  test("goes stale when a local project that they name gets another dependency", async () => {
    await write({
      "requirements.txt": "-e ./lib[x]\nother @ file:other\n./vendored-1.0-py3-none-any.whl\n",
      "vendored-1.0-py3-none-any.whl": "zip",
      "lib/setup.py": "setup()\n",
      "other/pyproject.toml": '[project]\nname = "other"\nversion = "1"\n',
    });
    expect(names(request())).toEqual([
      "lib/setup.py",
      "other/pyproject.toml",
      "requirements.txt",
      "vendored-1.0-py3-none-any.whl",
    ]);
    await lock(request());
    await write({ "other/pyproject.toml": '[project]\nname = "other"\nversion = "2"\n' });
    expect(stale(request())).toBe("current");
    await write({ "lib/setup.py": "setup(install_requires=['six'])\n" });
    expect(stale(request())).toBe("lib/setup.py has changed");
  });
});

describe("a lock made from a project", () => {
  const pyproject = (version: string, dependency: string) =>
    `[project]\nname = "app"\nversion = "${version}"\ndependencies = ["${dependency}"]\n`;

  test("goes stale with its dependencies, not with its version or tools", async () => {
    await write({ "pyproject.toml": pyproject("1", "six") });
    await lock(project());
    await write({ "pyproject.toml": `[tool.ruff]\nline-length = 80\n${pyproject("2", "six")}` });
    expect(stale(project())).toBe("current");
    await write({ "pyproject.toml": pyproject("1", "idna") });
    expect(stale(project())).toBe("pyproject.toml has changed");
  });

  test("covers the members of its workspace that it uses, and the workspace's own sources", async () => {
    await write({
      "pyproject.toml":
        '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/no*"]\n[tool.uv.sources]\nShared_Lib = { workspace = true }\n',
      "packages/app/pyproject.toml": pyproject("1", "shared-lib"),
      "packages/shared/pyproject.toml": '[project]\nname = "shared-lib"\nversion = "1"\n',
      "packages/unused/pyproject.toml": '[project]\nname = "unused"\nversion = "1"\n',
      "packages/not/pyproject.toml": "[project\n",
    });
    await rm(join(folder, "packages/not"), { recursive: true });
    const wanted = project({ project: join(folder, "packages/app") });
    expect(names(wanted)).toEqual([
      "packages/app/pyproject.toml",
      "packages/shared/pyproject.toml",
      "pyproject.toml",
    ]);
  });

  test("covers what its backend takes dependencies from, where they are dynamic", async () => {
    await write({
      "pyproject.toml":
        '[project]\nname = "app"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = { file = ["deps.in"] }\n',
      "deps.in": "six\n",
      "setup.cfg": "[metadata]\n",
    });
    expect(names(project())).toEqual(["deps.in", "pyproject.toml", "setup.cfg"]);
    await lock(project());
    await write({ "deps.in": "idna\n" });
    expect(stale(project())).toBe("deps.in has changed");
  });

  test("covers poetry's path dependencies", async () => {
    await write({
      "pyproject.toml":
        '[tool.poetry]\nname = "app"\n[tool.poetry.dependencies]\nlib = { path = "../lib" }\n',
    });
    await mkdir(join(folder, "app"));
    await write({
      "app/pyproject.toml":
        '[tool.poetry.dependencies]\nlib = [{ path = "../lib", python = ">3" }]\n',
      "lib/pyproject.toml": '[tool.poetry]\nname = "lib"\n',
    });
    expect(names(project({ project: join(folder, "app") }))).toEqual([
      "app/pyproject.toml",
      "lib/pyproject.toml",
    ]);
  });

  test("a folder without a project is refused, and a pyproject.toml that is no TOML", async () => {
    expect(() => readLockInputs(project())).toThrow(`${folder} is no Python project`);
    await write({ "pyproject.toml": "[project\n" });
    expect(() => readLockInputs(project())).toThrow("is not valid TOML");
  });
});

describe("a lock", () => {
  test("that touchdown did not write is obeyed as it is", async () => {
    await write({ "requirements.txt": "six\n", "pylock.toml": 'lock-version = "1.0"\n' });
    expect(lockState(request())).toBe("current");
  });

  test("of another format, or damaged, is stale", async () => {
    await write({ "requirements.txt": "six\n", "pylock.toml": "\n[tool.touchdown]\nformat = 7\n" });
    expect(stale(request())).toBe(`it is of format 7, not ${lockFormat}`);
    await write({ "pylock.toml": "\n[tool.touchdown]\nformat = \n<<<<<<< ours\n" });
    expect(stale(request())).toBe("its [tool.touchdown] table is damaged");
  });

  test("that is missing or stale is refused with the way out, where it must be current", async () => {
    await write({ "requirements.txt": "six\n" });
    const wanted = request({ name: "api" });
    expect(() => requireCurrentLock(wanted)).toThrow(
      expect.objectContaining({
        code: "LOCK_STALE",
        message: `${join(folder, "pylock.api.toml")} is missing`,
        hint: "run touchdown lock, and commit pylock.api.toml",
      }),
    );
    await lock(wanted);
    requireCurrentLock(wanted);
    await write({ "requirements.txt": "idna\n" });
    expect(() => requireCurrentLock(wanted)).toThrow(
      `${join(folder, "pylock.api.toml")} is stale: requirements.txt has changed`,
    );
  });

  test("has a name without dots", () => {
    expect(() => lockPath({ folder, name: "a.b" })).toThrow('a lock can not be named "a.b"');
  });
});
