import { createHash } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBytecodePython, type BytecodePython } from "./bytecode-python.ts";
import { compilePython } from "./compile-python.ts";
import { pythonRuntimes } from "../wheel/targets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-compile-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Constants that marshal writes differently with what the process did before. */
const delicate: Readonly<Record<string, string>> = {
  "d/text.py": "a = ['x', 'x y', 'é', '\\n', '.', ':']\nb = f'{a}.{a}:'\nc = ('x y', ('x y', 1))\n",
  "d/words.py": "one_name = 'some_text'\ndef one_more(parameter): return 'some_text'.other_name\n",
  "d/sets.py": "def f(x): return x in {'b', 'a', 'c d', b'q'} or x in {'a', 'b', 'c d', b'q'}\n",
  "d/numbers.py": "a = (0.0, -0.0, 1e9, 1e9, 3j, -3j, 2**70, 2**70, True, 1, 1.0)\n",
  "d/nested.py":
    "class A:\n  '''doc'''\n  def f(self, x=(1, 'x y')):\n    return lambda y: (x, y)\n",
  "d/empty.py": "",
  "d/same.py": "def f(): return (1, 2), 'x y'\ndef g(): return (1, 2), 'x y'\n",
};
const others: Readonly<Record<string, string>> = {
  "z.py": Object.values(delicate).join(""),
  "y.py": "import z\nx = {'x y', '.', ':'}\n",
};

for (const runtime of pythonRuntimes) {
  test(`${runtime}: the same bytes in any order, beside and after whatever else`, async (context) => {
    const python = await findBytecodePython({ runtime, architecture: "x86_64" }).catch(
      () => undefined,
    );
    if (python === undefined) return context.skip(`needs ${runtime}`);
    const expected = await sha256s(python, delicate);
    expect(expected.size).toBe(Object.keys(delicate).length);
    const reversed = Object.fromEntries(Object.entries(delicate).toReversed());
    expect(await sha256s(python, reversed)).toEqual(expected);
    expect(await sha256s(python, { ...others, ...delicate })).toEqual(
      new Map([...(await sha256s(python, others)), ...expected]),
    );
    const text = Buffer.from(Object.values(delicate).join("")).toString("base64");
    const history = `import base64, decimal, typing; kept = compile(base64.b64decode('${text}'), 'k', 'exec')`;
    expect(await sha256s(await after(python, history), delicate)).toEqual(expected);
    return undefined;
  });
}

for (const runtime of ["python3.9", "python3.10"] as const) {
  test(`${runtime}: no set where hashes are not those of other builds`, async (context) => {
    const python = await findBytecodePython({ runtime, architecture: "x86_64" }).catch(
      () => undefined,
    );
    if (python === undefined) return context.skip(`needs ${runtime}`);
    const hashes = "types.SimpleNamespace(algorithm='fnv', width=64)";
    const other = await after(python, `import sys, types; sys.hash_info = ${hashes}`);
    const { "d/sets.py": _, ...rest } = delicate;
    expect([...(await sha256s(other, delicate)).keys()]).toEqual(Object.keys(rest));
    return undefined;
  });
}

test("BYTECODE_FAILED--a-python-that-breaks", async (context) => {
  if (process.platform === "win32") return context.skip("needs a shell");
  const program = join(folder, "python");
  await writeFile(program, "#!/bin/sh\necho 'no memory' >&2\nexit 3\n");
  await chmod(program, 0o755);
  await expect(sha256s({ program, version: "3.11.7" }, {})).rejects.toMatchObject({
    code: "BYTECODE_FAILED",
    message: `${program} ended with exit code 3 while compiling: no memory`,
  });
  return undefined;
});

/** Of the bytecode of each that compiles, by its path. */
async function sha256s(
  python: BytecodePython,
  sources: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const out = join(folder, "out");
  const files = Object.entries(sources).map(
    ([path, text]) => [path, Buffer.from(text).toString("base64")] as const,
  );
  const [sizes = []] = await compilePython(python, "/var/task", [{ out, files }]);
  const bytes = await readFile(out);
  let at = 0;
  return new Map(
    files.flatMap(([path], index) => {
      const size = sizes[index] ?? -1;
      if (size < 0) return [];
      const code = bytes.subarray(at, at + size);
      at += size;
      return [[path, createHash("sha256").update(code).digest("hex")] as const];
    }),
  );
}

/** The Python, that does something else first. */
async function after(python: BytecodePython, first: string): Promise<BytecodePython> {
  const program = join(folder, "python");
  const line = `exec ${python.program} -s -S -W ignore -c "${first}\n$script"`;
  await writeFile(program, `#!/bin/sh\nfor script; do :; done\n${line}\n`);
  await chmod(program, 0o755);
  return { ...python, program };
}
