import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathMatcher } from "./path-patterns.ts";
import { stage, type StagedEntry, type StagedWheel } from "./stage.ts";
import type { WheelEntry } from "./wheel/wheel-contents.ts";

const hash = (text: string, form: "hex" | "base64url"): string =>
  createHash("sha256").update(text).digest(form);

/** A wheel of files by their path; `!` before the contents makes one executable. */
function wheel(name: string, files: Readonly<Record<string, string>>): StagedWheel {
  const entries = Object.entries(files)
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, text], index): WheelEntry => {
      const bytes = text.replace(/^!/u, "");
      const facts = { size: bytes.length, compressedSize: bytes.length, crc32: 1, rawCrc32: 1 };
      const mode = text.startsWith("!") ? 0o755 : 0o644;
      const sha256 = hash(bytes, "base64url");
      return { path, mode, method: 0, ...facts, sha256, dataOffset: index };
    });
  const facts = { name, version: "1.0", requires: [], elf: [], pathFiles: [] };
  return { sha256: hash(name, "hex"), ...facts, entries, file: `/store/${name}` };
}

function own(path: string, text: string, mode: 0o644 | 0o755 = 0o644): StagedEntry {
  const sha256 = hash(text, "hex");
  return { from: "file", path, mode, file: `/src/${path}`, size: text.length, sha256 };
}

const bytes = (path: string, text: string): StagedEntry => ({
  from: "bytes",
  path,
  mode: 0o644,
  bytes: Buffer.from(text),
});

/** Where each path comes from. */
const sources = (entries: readonly StagedEntry[]): readonly string[] =>
  entries.map((entry) => {
    const from = entry.from === "bytes" ? "bytes" : entry.file;
    return `${entry.path} ${entry.mode.toString(8)} ${from}`;
  });

describe("PATH_CONFLICT", () => {
  const [a, b] = [wheel("a", { "x.py": "1" }), wheel("b", { "x.py": "2" })];

  test("two wheels, named in the same order whichever comes first", () => {
    for (const wheels of [
      [a, b],
      [b, a],
    ]) {
      expect(() => stage({ wheels, own: [] })).toThrow(
        expect.objectContaining({
          code: "PATH_CONFLICT",
          message: '"x.py" is in both a 1.0 and b 1.0, with different bytes',
          hint: 'leave out one of the two with withoutPackages, leave out the file of both with exclude, or have a file of your own there and add "x.py" to include',
        }),
      );
    }
  });

  test("one's own file over a wheel's", () => {
    expect(() => stage({ wheels: [a], own: [own("x.py", "3")] })).toThrow(
      expect.objectContaining({
        message: '"x.py" is in both /src/x.py and a 1.0, with different bytes',
        hint: 'to have your own file there, add "x.py" to include; else rename it, or exclude it',
      }),
    );
  });

  test("two of one's own, even where the path was included", () => {
    const twice = [own("x.py", "3"), bytes("x.py", "4")];
    for (const include of [undefined, () => true]) {
      const input = { wheels: [], own: twice };
      expect(() => stage(include === undefined ? input : { ...input, include })).toThrow(
        expect.objectContaining({
          message: '"x.py" is in both /src/x.py and your own files, with different bytes',
          hint: "rename one of them, or leave one out",
        }),
      );
    }
  });

  test("a file where another has a folder", () => {
    const wheels = [wheel("a", { "x-1": "", x: "" }), wheel("b", { "x.d": "", "x/y/z": "" })];
    expect(() => stage({ wheels, own: [] })).toThrow(
      expect.objectContaining({ message: '"x" is a file of a 1.0 and a folder of b 1.0' }),
    );
    const exclude = pathMatcher(["/x/"]);
    expect(sources(stage({ wheels, own: [], exclude }))).toHaveLength(3);
  });
});

describe("how to choose", () => {
  const wheels = [
    wheel("a", { "x.py": "1" }),
    wheel("b", { "x.py": "2" }),
    wheel("c", { "x.py": "3" }),
  ];

  test("the distribution preferred first", () => {
    for (const order of [wheels, wheels.toReversed()]) {
      expect(sources(stage({ wheels: order, own: [], prefer: ["c", "b"] }))).toEqual([
        "x.py 644 /store/c",
      ]);
    }
    expect(() => stage({ wheels, own: [], prefer: ["z"] })).toThrow(/is in both/u);
  });

  test("the file excluded, in all of them", () => {
    expect(stage({ wheels, own: [], exclude: pathMatcher(["x.py"]) })).toEqual([]);
  });

  test("one's own, included by name, whatever the wheels have and however many", () => {
    const input = { own: [own("x.py", "9")], include: pathMatcher(["/x.py"]) };
    for (const order of [wheels, wheels.toReversed(), wheels.slice(0, 1)]) {
      expect(sources(stage({ wheels: order, ...input }))).toEqual(["x.py 644 /src/x.py"]);
    }
  });
});

describe("what goes in", () => {
  test("the same bytes twice are one, executable if one of them is", () => {
    const wheels = [wheel("b", { n: "", x: "1" }), wheel("a", { n: "", x: "!1" })];
    for (const order of [wheels, wheels.toReversed()]) {
      const entries = stage({ wheels: order, own: [own("n", ""), bytes("x", "1")] });
      expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
        ["n", 0o644],
        ["x", 0o755],
      ]);
    }
  });

  test("namespace packages merge, in byte order", () => {
    const wheels = [
      wheel("a", { "ns/𝄞.py": "1", "ns/a/x.py": "2", "ns.py": "3" }),
      wheel("b", { "ns/ﬀ.py": "4", "ns/b/y.py": "5", "ns-z": "6" }),
    ];
    expect(stage({ wheels, own: [own("m.py", "")] }).map(({ path }) => path)).toEqual([
      "m.py",
      "ns-z",
      "ns.py",
      "ns/a/x.py",
      "ns/b/y.py",
      "ns/ﬀ.py",
      "ns/𝄞.py",
    ]);
  });

  test("what is excluded does not, unless it is included by name", () => {
    const wheels = [wheel("a", { "a/tests/x.py": "1", "a/tests/keep.py": "2", "a/b.py": "3" })];
    const exclude = pathMatcher(["tests", "own.log"]);
    const include = pathMatcher(["a/tests/keep.py"]);
    const entries = stage({ wheels, own: [own("own.log", "")], exclude, include });
    expect(entries.map(({ path }) => path)).toEqual(["a/b.py", "a/tests/keep.py"]);
  });

  test("wheels' entries keep all that packing needs, and are made once", () => {
    const one = wheel("a", { "x.py": "1" });
    const generated = { ...one.entries[0]!, path: "bin/x", bytes: "MQ==" };
    const more = { ...one, entries: [generated, ...one.entries] };
    const [first, second] = stage({ wheels: [more], own: [] });
    const from = { from: "wheel", wheel: one.sha256, file: "/store/a" };
    expect(first).toEqual({ ...generated, ...from });
    expect(second).toEqual({ ...one.entries[0], ...from });
    expect(stage({ wheels: [more], own: [] })[0]).toBe(first);
    expect(stage({ wheels: [{ ...more, file: "/b" }], own: [] })[0]).toMatchObject({ file: "/b" });
  });

  test("nothing, from nothing", () => expect(stage({ wheels: [], own: [] })).toEqual([]));
});

test("any wheels in any order are the union, sorted by bytes", () => {
  const path = fc.stringMatching(/^[a-c𝄞ﬀ](?:[-/.][a-c𝄞ﬀ]){0,3}$/u);
  const wheels = fc.array(fc.uniqueArray(path, { maxLength: 12 }), { maxLength: 6 });
  fc.assert(
    fc.property(wheels, fc.nat(5), (all, turn) => {
      const paths = [...new Set(all.flat())].toSorted((a, b) =>
        Buffer.compare(Buffer.from(a), Buffer.from(b)),
      );
      fc.pre(!paths.some((file) => paths.some((other) => other.startsWith(`${file}/`))));
      const made = all.map((each, index) =>
        wheel(`w${index}`, Object.fromEntries(each.map((one) => [one, "same"]))),
      );
      const turned = [...made.slice(turn), ...made.slice(0, turn)];
      const entries = stage({ wheels: turned, own: [] });
      expect(entries.map((entry) => entry.path)).toEqual(paths);
      expect(entries).toEqual(stage({ wheels: made, own: [] }));
    }),
    { numRuns: 300 },
  );
});
