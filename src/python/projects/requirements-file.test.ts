import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRequirementsFile } from "./requirements-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "touchdown-requirements-")));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, contents: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
  return path;
}

const hash = `--hash=sha256:${"0".repeat(64)}`;

test("what is not pinned is input; every file it includes is listed, each once", async () => {
  const main = await write("requirements.txt", "-r base/base.in\n-c constraints.txt\nflask>=2\n");
  const base = await write("base/base.in", "--requirement=../requirements.txt\n-e ../lib[x]\n");
  const constraints = await write("constraints.txt", "-r more.txt\nsix==1\n");
  const more = await write("more.txt", "idna==3\n");
  const read = readRequirementsFile(main);
  expect(read).toMatchObject({
    isLock: false,
    files: [main, base, constraints, more],
    projects: [join(folder, "lib")],
  });
  expect(read.entries.map(({ name }) => name)).toEqual([undefined, "flask"]);
});

test.each([
  ["", false],
  ["six==1.16.0\n", false],
  [`six==1.16.0 ${hash}\n`, true],
  [`six==1.* ${hash}\n`, false],
  [`six>=1,==1.0 ${hash}\n`, false],
  [`six==1.16.0 ${hash}\nidna==3.7\n`, false],
  [`six==1.16.0 ${hash}\n./lib\n-e ../other\n`, true],
  [`six==1.16.0 ${hash}\nx @ git+ssh://git@index.invalid/x@main\n`, false],
  [`six==1.16.0 ${hash}\nx @ git+ssh://git@index.invalid/x@${"a".repeat(40)}\n`, true],
  [`x @ https://index.invalid/x.whl\n`, false],
  [`x @ https://index.invalid/x.whl ${hash}\n`, true],
  ["./lib\n", false],
])("%j is a lock: %s", async (text, isLock) => {
  expect(readRequirementsFile(await write("requirements.txt", text)).isLock).toBe(isLock);
});

test("variables, comments and lines that go on", async () => {
  const path = await write(
    "requirements.txt",
    [
      "--index-url https://${WHO}:${SECRET}@index.invalid/${lower}/${NONE}",
      "--extra-index-url 'https://extra.index.invalid/simple'",
      "--pre",
      "--find-links ./wheels",
      "six \\",
      "  >=1 # not 2",
      "https://index.invalid/x.zip#egg=X&subdirectory=a",
    ].join("\r\n"),
  );
  const environment = { WHO: "me", SECRET: "s3cret", lower: "no" };
  const read = readRequirementsFile(path, { environment });
  expect(read.indexes).toEqual([
    "https://me:s3cret@index.invalid/${lower}/${NONE}",
    "https://extra.index.invalid/simple",
  ]);
  expect(read.entries).toMatchObject([
    { name: "six", requirement: { specifiers: [{ operator: ">=", version: "1" }] } },
    {
      name: "x",
      source: { kind: "file", place: "https://index.invalid/x.zip", subdirectory: "a" },
    },
  ]);
});

test("a secret from a variable is not in the message", async () => {
  const path = await write("requirements.txt", "x @ https://me:${SECRET}@index.invalid/x y\n");
  expect(() => readRequirementsFile(path, { environment: { SECRET: "s3cret" } })).toThrow(
    expect.objectContaining({
      code: "REQUIREMENT",
      message: `${path}: "x @ https://index.invalid/x y" is not a requirement: expected \`,\`, \`;\` or the end instead of "y" at column 39`,
    }),
  );
});

test("encodings: a byte order mark, or a comment that names one", async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("six\n", "utf16le")]);
  const latin = Buffer.from("# -*- coding: latin-1 -*-\n./caf\u00e9/lib\n", "latin1");
  const marked = Buffer.from("\uFEFFsix\n");
  expect(readRequirementsFile(await write("a.txt", utf16)).entries[0]?.name).toBe("six");
  expect(readRequirementsFile(await write("b.txt", marked)).entries[0]?.name).toBe("six");
  expect(readRequirementsFile(await write("c.txt", latin)).projects).toEqual([
    join(folder, "café/lib"),
  ]);
});

test("local projects and files, repositories", async () => {
  const path = await write(
    "requirements.txt",
    [
      ".",
      "./lib[a,b] ; python_version > '3'",
      "file:../beside",
      "spaced @ file:../be%20side",
      `named @ file://${folder}/named`,
      "./wheels/six-1.16.0-py2.py3-none-any.whl",
      "git+https://user@index.invalid/r.git@v1.0#egg=R&subdirectory=py",
      "hg+ssh://index.invalid/h",
    ].join("\n"),
  );
  const read = readRequirementsFile(path);
  expect(read.projects).toEqual([
    folder,
    join(folder, "lib"),
    join(dirname(folder), "beside"),
    join(dirname(folder), "be side"),
    join(folder, "named"),
  ]);
  expect(read.entries.slice(4)).toMatchObject([
    { name: "named" },
    { name: "six", source: { kind: "file", isUrl: false } },
    {
      name: "r",
      source: {
        kind: "vcs",
        type: "git",
        url: "https://user@index.invalid/r.git",
        commit: "v1.0",
        subdirectory: "py",
      },
    },
    { name: undefined, source: { type: "hg", url: "ssh://index.invalid/h" } },
  ]);
});
