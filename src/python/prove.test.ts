import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeElf, type ElfOptions } from "../../test/support/make-elf.ts";
import { elfInMemory, readElf } from "./wheel/elf.ts";
import { importsOn, parseExtensionName } from "./wheel/extension-name.ts";
import { prove } from "./prove.ts";
import { stage, type StagedEntry, type StagedWheel } from "./stage.ts";
import type { Target } from "./wheel/targets.ts";
import type { WheelEntry } from "./wheel/wheel-contents.ts";

const x311: Target = { runtime: "python3.11", architecture: "x86_64" };
const arm313: Target = { runtime: "python3.13", architecture: "arm64" };

/** A wheel whose binaries are as asked for, and whose other files are only names. */
function wheel(
  name: string,
  elf: Readonly<Record<string, ElfOptions>>,
  others: readonly string[] = [],
  size = 1,
): StagedWheel {
  const paths = [...Object.keys(elf), ...others].toSorted();
  const entries = paths.map((path): WheelEntry => {
    const facts = { size, compressedSize: 1, crc32: 0, rawCrc32: 0, dataOffset: 0 };
    return { path, mode: 0o644, method: 0, sha256: "", ...facts };
  });
  const read = Object.entries(elf).flatMap(
    ([path, options]) => readElf(path, elfInMemory(makeElf(options))) ?? [],
  );
  const pathFiles = others.filter((path) => path.endsWith("folders.pth"));
  const facts = { name, version: "1.0", requires: [], elf: read, pathFiles };
  return { sha256: name, ...facts, entries, file: `/store/${name}` };
}

function proving(
  target: Target,
  wheels: readonly StagedWheel[],
  own: readonly StagedEntry[] = [],
): () => void {
  return () => prove({ target, wheels, entries: stage({ wheels, own }) });
}

const needs = (...versions: string[]): ElfOptions => ({ versions: { "libc.so.6": versions } });
const so = "a/b.cpython-311-x86_64-linux-gnu.so";

describe("what can't work there", () => {
  test("BINARY_GLIBC--newer", () => {
    expect(proving(x311, [wheel("a", { [so]: needs("GLIBC_2.27") })])).toThrow(
      expect.objectContaining({
        code: "BINARY_GLIBC",
        message: `a 1.0: "${so}" needs glibc 2.27, and python3.11 (x86_64) has 2.26`,
        hint: "use python3.12 or python3.13 or python3.14, or take a version whose wheels are for manylinux_2_26 or older",
      }),
    );
    const newest = wheel("a", { "a.so": { ...needs("GLIBC_2.35"), machine: 183 } });
    expect(proving(arm313, [newest])).toThrow(
      expect.objectContaining({
        hint: "take a version whose wheels are for manylinux_2_34 or older",
      }),
    );
  });

  test("BINARY_GLIBC--musl", () => {
    const needed = ["libc.musl-x86_64.so.1"];
    expect(proving(x311, [wheel("a", { "a.so": { needed } })])).toThrow(
      expect.objectContaining({
        code: "BINARY_GLIBC",
        message: 'a 1.0: "a.so" needs musl, and Lambda has glibc',
      }),
    );
  });

  test("BINARY_MACHINE--another-processor", () => {
    expect(proving(arm313, [wheel("a", { "bin/tool": { type: 2 } })])).toThrow(
      expect.objectContaining({
        code: "BINARY_MACHINE",
        message: 'a 1.0: "bin/tool" is for x86_64, and python3.13 (arm64) is aarch64',
        hint: "take a version that has a wheel for arm64, or exclude the file if it is not needed there",
      }),
    );
  });

  test("BINARY_PYTHON--another-version", () => {
    for (const tag of [
      "cpython-312-x86_64-linux-gnu",
      "cpython-311t-x86_64-linux-gnu",
      "cpython-311-x86_64-linux-musl",
      "cpython-311-darwin",
      "pypy310-pp73-x86_64-linux-gnu",
    ]) {
      expect(proving(x311, [wheel("a", {}, [`a/b.${tag}.so`])])).toThrow(
        expect.objectContaining({
          code: "BINARY_PYTHON",
          message: `a 1.0: "a/b.${tag}.so" is for ${tag}, and python3.11 (x86_64) does not import it`,
        }),
      );
    }
  });

  test("EDITABLE--path-file-and-finder", () => {
    expect(proving(x311, [wheel("a", {}, ["__editable___a_1_finder.py", "folders.pth"])])).toThrow(
      expect.objectContaining({
        code: "EDITABLE",
        message:
          'a 1.0: "__editable___a_1_finder.py" leads to a folder of the machine it was installed on (and 1 more)',
        hint: [
          "build the project as a wheel, not as an editable install, or exclude the file",
          'also: a 1.0: "folders.pth" leads to a folder of the machine it was installed on',
        ].join("\n"),
      }),
    );
    const own: StagedEntry = { from: "bytes", path: "x.pth", mode: 0o644, bytes: Buffer.from("/") };
    expect(proving(x311, [], [own])).toThrow(
      expect.objectContaining({ code: "EDITABLE", message: expect.stringMatching(/^"x\.pth" /u) }),
    );
  });

  test("CODE_TOO_BIG--with-its-layers", () => {
    const names = Array.from({ length: 12 }, (_, index) => `d${index}`);
    const wheels = names.map((name, index) =>
      wheel(name, {}, [name], 20_000_000 + index * 100_000),
    );
    const own: StagedEntry = { from: "bytes", path: "x", mode: 0o644, bytes: Buffer.alloc(100) };
    const entries = stage({ wheels, own: [own] });
    expect(() => prove({ target: x311, wheels, entries })).not.toThrow();
    expect(() => prove({ target: x311, wheels, entries, layersSize: 20_000_000 })).toThrow(
      expect.objectContaining({
        code: "CODE_TOO_BIG",
        message:
          "the package would unzip to 246.6 MB, and its layers 20.0 MB: Lambda takes 262.1 MB in all",
        hint: [
          "leave out what is not needed with withoutPackages or exclude; the biggest are",
          ...names
            .toReversed()
            .slice(0, 10)
            .map((name, index) => `${name} 1.0: ${(21.1 - index / 10).toFixed(1)} MB`),
        ].join("\n"),
      }),
    );
  });
});

describe("what can", () => {
  test("the target's own machine, Python and glibc, and what needs none", () => {
    const wheels = [
      wheel("a", {
        [so]: needs("GLIBC_2.26", "GLIBC_2.4"),
        "a/c.abi3.so": needs("GLIBC_2.17"),
        "a/d.so": {},
        "a.libs/libz-1234.so.1": {},
      }),
    ];
    expect(proving(x311, wheels)).not.toThrow();
  });

  test("a wheel that brings one for each Python, and one beside it for other systems", () => {
    const wheels = [
      wheel("a", { [so]: {}, "a/b.cpython-312-x86_64-linux-gnu.so": needs("GLIBC_2.38") }, [
        "a/b.cpython-311-darwin.so",
      ]),
    ];
    expect(proving(x311, wheels)).not.toThrow();
    expect(proving({ ...x311, runtime: "python3.10" }, wheels)).toThrow(/is for cpython-311/u);
  });

  test("what is excluded, and path files that are only code or deeper down", () => {
    const wheels = [wheel("a", { "a/x.so": { machine: 183 } }, ["a/folders.pth", "code.pth"])];
    const entries = stage({ wheels, own: [], exclude: (path) => path === "a/x.so" });
    expect(() => prove({ target: x311, wheels, entries })).not.toThrow();
  });
});

describe("one's own files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "touchdown-prove-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("binaries among them are read too", async () => {
    const bytes = makeElf({ machine: 183 });
    const file = join(folder, "x");
    await writeFile(file, bytes);
    const from = { from: "file", file, size: bytes.length, sha256: "" } as const;
    const expected = expect.objectContaining({
      code: "BINARY_MACHINE",
      message: expect.stringMatching(/^"x[.so]*" is for aarch64/u),
    });
    const library: StagedEntry = { path: "x.so", mode: 0o644, ...from };
    expect(proving(x311, [], [library])).toThrow(expected);
    expect(proving(x311, [], [{ path: "x", mode: 0o755, ...from }])).toThrow(expected);
    expect(proving(x311, [], [{ path: "x", mode: 0o644, from: "bytes", bytes }])).toThrow(expected);
    expect(proving(arm313, [], [library])).not.toThrow();
    await rm(file);
    expect(proving(x311, [], [library])).toThrow(expect.objectContaining({ code: "FILE_READ" }));
  });
});

test("names of extension modules", () => {
  expect(parseExtensionName("a/b.cpython-313-x86_64-linux-gnu.so")).toEqual({
    module: "a/b",
    tag: "cpython-313-x86_64-linux-gnu",
  });
  expect(parseExtensionName("b.so")).toEqual({ module: "b" });
  for (const other of ["libz.so.1", "a.py", ".so", "a/.so"]) {
    expect(parseExtensionName(other)).toBeUndefined();
  }
  const fits = (path: string): boolean | undefined => {
    const name = parseExtensionName(path);
    return name && importsOn(name, arm313);
  };
  expect(fits("a.abi3.so")).toBe(true);
  expect(fits("a.cpython-313.so")).toBe(true);
  expect(fits("a.cpython-313-aarch64-linux-gnu.so")).toBe(true);
  expect(fits("a.cpython-313-x86_64-linux-gnu.so")).toBe(false);
});
