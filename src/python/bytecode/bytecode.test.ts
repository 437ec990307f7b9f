import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, type TestContext } from "vitest";
import { makeWheel } from "../../../test/support/make-wheel.ts";
import { wheelWorld, type WheelWorld } from "../../../test/support/wheel-world.ts";
import { run } from "../../host/run.ts";
import { type Store } from "../../store/store.ts";
import { findBytecodePython, type BytecodePython } from "./bytecode-python.ts";
import { addBytecode } from "./bytecode.ts";
import { learnWheel } from "../wheel/learn-wheel.ts";
import { stage, type StagedEntry, type StagedWheel, type StageInput } from "../stage.ts";
import { pythonRuntimes, type PythonRuntime } from "../wheel/targets.ts";

let world: WheelWorld;
beforeEach(async () => {
  world = await wheelWorld();
});
afterEach(() => world.remove());

/** Every Python of Lambda's that is on this machine. */
const pythons = new Map<PythonRuntime, BytecodePython>();
for (const runtime of pythonRuntimes) {
  const found = await findBytecodePython({ runtime, architecture: "x86_64" }).catch(
    () => undefined,
  );
  if (found !== undefined) pythons.set(runtime, found);
}

function anyPython(context: TestContext): BytecodePython {
  const python = pythons.values().next().value;
  if (python === undefined) return context.skip("needs python3.9 or later");
  return python;
}

const tagOf = ({ version }: BytecodePython): string =>
  `cpython-${version.split(".").slice(0, 2).join("")}`;

async function wheel(files: Readonly<Record<string, string>>, name = "a"): Promise<StagedWheel> {
  const file = await world.put(makeWheel(files, { name }));
  return { ...(await learnWheel(file)), file: file.path };
}

function own(path: string, text: string): StagedEntry {
  return { from: "bytes", path, mode: 0o644, bytes: Buffer.from(text) };
}

async function compiled(
  input: StageInput,
  python: BytecodePython,
  options: { readonly store?: Store; readonly root?: "/opt/python" | "/var/task" } = {},
) {
  const { store = world.store, root = "/var/task" } = options;
  const entries = stage(input);
  return addBytecode({ entries, wheels: input.wheels }, { store, python, root });
}

async function bytesOf(entry: StagedEntry): Promise<Buffer> {
  if (entry.from === "bytes") return Buffer.from(entry.bytes);
  if (entry.from === "file") return readFile(entry.file);
  const { bytes, dataOffset, compressedSize, method } = entry;
  const raw =
    bytes === undefined
      ? (await readFile(entry.file)).subarray(dataOffset, dataOffset + compressedSize)
      : Buffer.from(bytes, "base64");
  return method === 0 ? raw : inflateRawSync(raw);
}

async function unpack(entries: readonly StagedEntry[], root: string): Promise<void> {
  for (const entry of entries) {
    await mkdir(dirname(join(root, entry.path)), { recursive: true });
    await writeFile(join(root, entry.path), await bytesOf(entry));
  }
}

test("every .py gets bytecode that Python takes without asking the source", async (context) => {
  const python = anyPython(context);
  const wheels = [
    await wheel({ "a/__init__.py": "", "a/b.py": "from . import c\n", "a/c.py": "x = 'old'\n" }),
  ];
  const { entries, skipped } = await compiled(
    { wheels, own: [own("mine.py", "def f(): raise ValueError(__file__)\n")] },
    python,
  );
  expect(skipped).toEqual([]);
  const made = entries.filter(({ path }) => path.endsWith(".pyc"));
  expect(made.map(({ path }) => path)).toEqual([
    `__pycache__/mine.${tagOf(python)}.pyc`,
    `a/__pycache__/__init__.${tagOf(python)}.pyc`,
    `a/__pycache__/b.${tagOf(python)}.pyc`,
    `a/__pycache__/c.${tagOf(python)}.pyc`,
  ]);
  for (const entry of made) {
    expect((await bytesOf(entry)).readUInt32LE(4)).toBe(1);
    expect(entry.mode).toBe(0o644);
  }
  const root = join(world.folder, "root");
  await unpack(entries, root);
  await writeFile(join(root, "a/c.py"), "x = 'new'\n");
  const program = "import a.b, mine; print(a.c.x)";
  const { stdout } = await run([python.program, "-B", "-c", program], { cwd: root });
  expect(stdout).toBe("old\n");
  // as it is where it is unpacked: Python mends the path where it is another
  expect((await bytesOf(made[0]!)).includes("/var/task/mine.py")).toBe(true);
});

test("in a layer the paths are those of the layer", async (context) => {
  const python = anyPython(context);
  const wheels = [await wheel({ "a.py": "def f(): pass\n" })];
  const input = { wheels, own: [own("b.py", "")] };
  const { entries } = await compiled(input, python, { root: "/opt/python" });
  for (const name of ["a", "b"]) {
    const entry = entries.find(({ path }) => path.startsWith(`__pycache__/${name}.`))!;
    expect((await bytesOf(entry)).includes(`/opt/python/${name}.py`)).toBe(true);
  }
});

for (const runtime of pythonRuntimes) {
  test(`${runtime}: a set whose order is an address is left out, or sorted`, async (context) => {
    const python = pythons.get(runtime);
    if (python === undefined) return context.skip(`needs ${runtime}`);
    const set = own("a.py", "def f(x): return x in {None, 'a', ('b', None)}\n");
    const { skipped, entries } = await compiled({ wheels: [], own: [set] }, python);
    expect([skipped.length, entries.length]).toEqual(
      Number(python.version.split(".")[1]) < 11 ? [1, 1] : [0, 2],
    );
    return undefined;
  });
}

test("what does not compile is skipped and named", async (context) => {
  const python = anyPython(context);
  const bad = {
    "a/py2.py": "print 'x'\n",
    "a/template.py": "{{ name }} = \n",
    "a/nul.py": "x = 1\0\n",
    "a/encoding.py": "# coding: nothing\n",
    "a/ok.py": "",
  };
  const wheels = [await wheel(bad)];
  const input = { wheels, own: [own("b.py", "def\n"), own("c.py", "")] };
  for (const _ of ["made", "from the store"]) {
    const { skipped, entries } = await compiled(input, python);
    const own = ["b.py"];
    expect(skipped.toSorted()).toEqual(
      [...Object.keys(bad).filter((path) => path !== "a/ok.py"), ...own].toSorted(),
    );
    expect(entries.filter(({ path }) => path.endsWith(".pyc"))).toHaveLength(2);
  }
});

test("only what is staged: excluded sources have none, and one's own replace a wheel's", async (context) => {
  const python = anyPython(context);
  const wheels = [
    await wheel({
      "a.py": "x = 'wheel'\n",
      "b.py": "",
      [`__pycache__/a.${tagOf(python)}.pyc`]: "stale",
    }),
  ];
  const { entries } = await compiled(
    {
      wheels,
      own: [own("a.py", "x = 'own'\n")],
      include: (path) => path === "a.py",
      exclude: (path) => path === "b.py",
    },
    python,
  );
  const made = entries.filter(({ path }) => path.endsWith(".pyc"));
  expect(made.map(({ path }) => path)).toEqual([`__pycache__/a.${tagOf(python)}.pyc`]);
  expect((await bytesOf(made[0]!)).includes("own")).toBe(true);
});

test("compiled once: from then on no Python is needed", async (context) => {
  const python = anyPython(context);
  const wheels = [await wheel({ "a.py": "x = 1\n" })];
  const input = { wheels, own: [own("b.py", "y = 2\n")] };
  const { entries } = await compiled(input, python);
  const gone = { ...python, program: "/no/such/python" };
  expect(await compiled(input, gone)).toEqual({ entries, skipped: [] });
  await expect(compiled({ ...input, own: [own("b.py", "y = 3\n")] }, gone)).rejects.toMatchObject({
    code: "COMMAND_NOT_FOUND",
  });
});

describe("what goes wrong", () => {
  test("WHEEL_DAMAGED--a-byte-in-the-store", async (context) => {
    const python = anyPython(context);
    const damaged = await wheel({ "a.py": "x = 1\n".repeat(50) });
    const entry = damaged.entries.find(({ path }) => path === "a.py")!;
    const bytes = await readFile(damaged.file);
    bytes[entry.dataOffset + 3]! ^= 4;
    await writeFile(damaged.file, bytes);
    await expect(compiled({ wheels: [damaged], own: [] }, python)).rejects.toMatchObject({
      code: "WHEEL_DAMAGED",
      hint: `delete ${damaged.file}, and build again`,
    });
  });

  test("ARTIFACT_CHANGED--while-compiling", async (context) => {
    const python = anyPython(context);
    const file = join(world.folder, "a.py");
    await writeFile(file, "x = 1\n");
    const sha256 = "0".repeat(64);
    const changed: StagedEntry = { from: "file", path: "a.py", mode: 0o644, file, size: 6, sha256 };
    const input = { wheels: [], own: [changed] };
    await expect(compiled(input, python)).rejects.toMatchObject({ code: "ARTIFACT_CHANGED" });
    await rm(file);
    await expect(compiled(input, python)).rejects.toMatchObject({ code: "FILE_READ" });
  });
});
