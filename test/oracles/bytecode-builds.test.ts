/** Two builds of one exact Python, by other people with other compilers and options, write the same bytecode. */
import { createHash } from "node:crypto";
import { access, chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/host/run.ts";
import {
  findBytecodePython,
  type BytecodePython,
} from "../../src/python/bytecode/bytecode-python.ts";
import { compilePython } from "../../src/python/bytecode/compile-python.ts";
import { missingTools } from "../support/missing-tools.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-builds-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Maven's `org.bytedeco:cpython` is one: a shared library, by GCC 9. */
test("3.12.1: this machine's and the one that Maven has", async (context) => {
  const here = await findBytecodePython({ runtime: "python3.12", architecture: "x86_64" }).catch(
    () => undefined,
  );
  if (here?.version !== "3.12.1" || process.arch !== "x64")
    return context.skip("needs Python 3.12.1 on x86_64");
  if (missingTools([["mvn", "--version"]]).length > 0) return context.skip("needs mvn");
  const artifact = "org.bytedeco:cpython:3.12.1-1.5.10:jar:linux-x86_64";
  const place = `-DoutputDirectory=${folder}`;
  await succeeded(["mvn", "-q", "-B", "dependency:copy", `-Dartifact=${artifact}`, place]);
  const jar = join(folder, "cpython-3.12.1-1.5.10-linux-x86_64.jar");
  await succeeded(["unzip", "-q", jar, "-d", join(folder, "maven")]);
  const program = join(folder, "maven/org/bytedeco/cpython/linux-x86_64/bin/python3.12");
  await chmod(program, 0o755);
  return compare(here, program);
});

/** Debian's packages of one source: position-independent, not, and with its debugging checks compiled in. */
test.for([
  ["python3.11-nopie", "usr/bin/python3.11"],
  ["python3.11-dbg", "usr/bin/python3.11d"],
] as const)("Debian's python3.11 and its %s", async ([name, program], context) => {
  if (missingTools([["apt-get", "--version"]]).length > 0) return context.skip("needs apt-get");
  const here = "/usr/bin/python3.11";
  const found = await access(here).then(
    () => true,
    () => false,
  );
  if (!found) return context.skip(`needs ${here}`);
  const place = join(folder, name);
  const downloaded = await run([
    "sh",
    "-c",
    'cd "$1" && apt-get -qq download "$2"',
    "sh",
    folder,
    name,
  ]);
  if (downloaded.exitCode !== 0) return context.skip(`needs Debian's ${name}: apt-get update`);
  const deb = (await readdir(folder)).find((each) => each.startsWith(`${name}_`)) ?? "";
  await succeeded(["dpkg-deb", "-x", join(folder, deb), place]);
  const version = await versionOf(here);
  if ((await versionOf(join(place, program))) !== version)
    return context.skip(`needs Debian's ${name} of Python ${version}`);
  return compare({ program: here, version }, join(place, program));
});

/** What the standard library compiles to, its tests included: they are of all that there is in the language. */
async function compare(here: BytecodePython, other: string): Promise<void> {
  expect(await versionOf(other)).toBe(here.version);
  const root = await succeeded([
    here.program,
    "-c",
    "import os; print(os.path.dirname(os.__file__))",
  ]);
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".py"));
  const files = await Promise.all(
    names.map(
      async (name) => [name, (await readFile(join(root, name))).toString("base64")] as const,
    ),
  );
  const ours = await bytecode(here, files);
  const theirs = await bytecode({ ...here, program: other }, files.toReversed());
  expect(ours.size).toBeGreaterThan(500);
  const differing = names.filter((name) => ours.get(name) !== theirs.get(name));
  expect(differing).toEqual([]);
}

/** The sha256 of each file's, by its path; nothing for those that do not compile. */
async function bytecode(
  python: BytecodePython,
  files: readonly (readonly [string, string])[],
): Promise<ReadonlyMap<string, string>> {
  const out = join(folder, "out");
  const [sizes = []] = await compilePython(python, "/var/task", [{ out, files }]);
  const bytes = await readFile(out);
  const found = new Map<string, string>();
  let at = 0;
  for (const [index, [name]] of files.entries()) {
    const size = sizes[index] ?? -1;
    if (size < 0) continue;
    const code = bytes.subarray(at, at + size);
    found.set(name, createHash("sha256").update(code).digest("hex"));
    at += size;
  }
  return found;
}

function versionOf(program: string): Promise<string> {
  return succeeded([program, "-c", "import sys; print(sys.version.split()[0])"]);
}

async function succeeded(command: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command);
  expect({ command, exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout.trim();
}
