import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TouchdownError } from "./errors.ts";
import { findTouchdownfile, loadTouchdownfile } from "./touchdownfile.ts";

class Ref {}
const library = { Ref, serializers: { json: (value: unknown) => JSON.stringify(value) } };

let folder: string;
const cacheBefore = process.env["TOUCHDOWN_CACHE_DIR"];

beforeEach(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), "touchdownfile-"));
  process.env["TOUCHDOWN_CACHE_DIR"] = join(folder, "cache");
});

afterEach(async () => {
  if (cacheBefore === undefined) delete process.env["TOUCHDOWN_CACHE_DIR"];
  else process.env["TOUCHDOWN_CACHE_DIR"] = cacheBefore;
  await rm(folder, { recursive: true, force: true });
});

describe("finding the Touchdownfile", () => {
  test("the nearest one counts, in this folder or above", async () => {
    await write("Touchdownfile.ts", "");
    await write("a/Touchdownfile.mjs", "");
    await write("a/b/c/.keep", "");
    expect(await findTouchdownfile(join(folder, "a/b/c"))).toBe(
      join(folder, "a/Touchdownfile.mjs"),
    );
    expect(await findTouchdownfile(folder)).toBe(join(folder, "Touchdownfile.ts"));
  });

  test("TypeScript comes before the JavaScript compiled from it", async () => {
    await write("Touchdownfile.js", "");
    await write("Touchdownfile.ts", "");
    expect(await findTouchdownfile(folder)).toBe(join(folder, "Touchdownfile.ts"));
  });

  test("a folder of that name is not taken for the file", async () => {
    await write("a/Touchdownfile.ts/x", "");
    await write("Touchdownfile.ts", "");
    expect(await findTouchdownfile(join(folder, "a"))).toBe(join(folder, "Touchdownfile.ts"));
  });

  test("a file the user named is taken, relative to where they are", async () => {
    await write("staging.ts", "");
    await write("a/.keep", "");
    expect(await findTouchdownfile(join(folder, "a"), "../staging.ts")).toBe(
      join(folder, "staging.ts"),
    );
  });

  test("a named file that is missing is an error with its full path", async () => {
    expect(await refusal(findTouchdownfile(folder, "staging.ts"))).toEqual([
      "TOUCHDOWNFILE_MISSING",
      "there is no file FOLDER/staging.ts",
      "name a Touchdownfile that exists with --file",
    ]);
  });

  test("where there is none, the error says every folder that was looked in", async () => {
    const [code, message] = await refusal(findTouchdownfile(join(folder, "a")));
    expect(code).toBe("TOUCHDOWNFILE_MISSING");
    expect(message).toBe(`no Touchdownfile.ts in FOLDER/a, FOLDER, ${above(folder).join(", ")}`);
  });
});

describe("loading the Touchdownfile", () => {
  test("it is TypeScript, and imports the running library without node_modules", async () => {
    const file = await write(
      "Touchdownfile.ts",
      `import type { Workspace } from "touchdown-aws";
       import { Ref, serializers } from "touchdown-aws";
       import * as all from "touchdown-aws";
       import { dirname } from "node:path";
       import { late } from "./lib/late";
       import { late as again } from "./lib/late.ts";
       const lazily = await import("touchdown-aws");
       interface Seen { push(...values: unknown[]): void }
       export default async (workspace: Workspace & Seen): Promise<void> => {
         workspace.push(Ref, all.Ref, lazily.Ref, late(), late === again);
         workspace.push(serializers.json({ a: 1 }), dirname(import.meta.filename));
       };`,
    );
    await write(
      "lib/late.ts",
      'import { Ref } from "touchdown-aws"; export const late = () => Ref;',
    );
    const seen: unknown[] = [];
    await (
      await loadTouchdownfile<unknown[]>(file, { library })
    )(seen);
    expect(seen).toEqual([Ref, Ref, Ref, Ref, true, '{"a":1}', folder]);
  });

  test.each([
    ["Touchdownfile.mts", "export default (seen: unknown[]) => { seen.push(1); };"],
    ["Touchdownfile.mjs", "export default (seen) => { seen.push(1); };"],
    ["Touchdownfile.js", "export default (seen) => { seen.push(1); };"],
    ["Touchdownfile.js", "module.exports = (seen) => { seen.push(1); };"],
  ])("%s may be written as: %s", async (name, source) => {
    const seen: unknown[] = [];
    await (
      await load(name, source)
    )(seen);
    expect(seen).toEqual([1]);
  });

  test("the user's own packages are found, and touchdown's name is never one of them", async () => {
    const packages = {
      "touchdown-aws": "export const Ref = 0;",
      names: "export const jobs = 'j';",
    };
    for (const [name, source] of Object.entries(packages)) {
      await write(`node_modules/${name}/index.js`, source);
      await write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, type: "module", exports: "./index.js" }),
      );
    }
    const seen: unknown[] = [];
    const source = `import { jobs } from "names"; import { Ref } from "touchdown-aws";
      export default (seen: unknown[]) => { seen.push(jobs, Ref); };`;
    await (
      await load("Touchdownfile.ts", source)
    )(seen);
    expect(seen).toEqual(["j", Ref]);
  });

  test("an edit is seen, in the file and in what it imports", async () => {
    const source = 'import { n } from "./n"; export default (seen: number[]) => { seen.push(n); };';
    const seen: unknown[] = [];
    for (const n of [1, 2, 2]) {
      await write("n.ts", `export const n: number = ${n};`);
      await (
        await load("Touchdownfile.ts", source)
      )(seen);
    }
    expect(seen).toEqual([1, 2, 2]);
  });

  test("what it was compiled to is kept in the user's cache, and nowhere else", async () => {
    await load("Touchdownfile.ts", "export default (): void => {};");
    expect(await readdir(folder)).toEqual(["Touchdownfile.ts", "cache"]);
    expect(await readdir(join(folder, "cache/touchdownfiles-v1"))).toHaveLength(1);
  });

  test("a cache folder that can't be made does not stop it", async () => {
    process.env["TOUCHDOWN_CACHE_DIR"] = join(await write("file", ""), "cache");
    const seen: unknown[] = [];
    await (
      await load("Touchdownfile.ts", "export default (s: number[]) => { s.push(1); };")
    )(seen);
    expect(seen).toEqual([1]);
  });

  test("a cache folder that can't be written in does not stop it", async () => {
    // A file where the folder should be stops root too.
    await write("cache/touchdownfiles-v1", "");
    const seen: unknown[] = [];
    await (
      await load("Touchdownfile.ts", "export default (s: number[]) => { s.push(1); };")
    )(seen);
    expect(seen).toEqual([1]);
  });
});

describe("what is wrong with a Touchdownfile is said with its place", () => {
  test.each([
    [
      "a syntax error",
      "export default () => {\n  const x = ;\n};",
      "TOUCHDOWNFILE_SYNTAX",
      "FOLDER/Touchdownfile.ts:2:13: Unexpected token",
      "mend this line: const x = ;",
    ],
    [
      "a syntax error in a file it imports",
      'import { a } from "./broken";\nexport default () => a;',
      "TOUCHDOWNFILE_SYNTAX",
      "FOLDER/broken.ts:3:4: Missing semicolon",
      "mend this line: foo bar;",
    ],
    [
      "it throws while loading",
      'interface A {\n  a: 1;\n}\nthrow new Error("boom\\nbang");',
      "TOUCHDOWNFILE_THREW",
      "FOLDER/Touchdownfile.ts:4: boom",
      undefined,
    ],
    [
      "it throws what is no error",
      'throw "boom";',
      "TOUCHDOWNFILE_THREW",
      "FOLDER/Touchdownfile.ts: boom",
      undefined,
    ],
    [
      "it imports a file that is not there",
      'import { a } from "./nowhere";\nexport default () => a;',
      "TOUCHDOWNFILE_IMPORT",
      "FOLDER/Touchdownfile.ts:1: Cannot find module './nowhere'",
      "mend the path, or install the package beside your Touchdownfile",
    ],
    [
      "it imports a package that is not installed",
      'import leftPad from "left-pad";\nexport default () => leftPad;',
      "TOUCHDOWNFILE_IMPORT",
      "FOLDER/Touchdownfile.ts:1: Cannot find module 'left-pad'",
      "mend the path, or install the package beside your Touchdownfile",
    ],
    [
      "it exports nothing by default",
      "export const a = 1;",
      "TOUCHDOWNFILE_EXPORT",
      "FOLDER/Touchdownfile.ts exports nothing by default",
      "write: export default (workspace: Workspace) => { … }",
    ],
    [
      "it is empty",
      "",
      "TOUCHDOWNFILE_EXPORT",
      "FOLDER/Touchdownfile.ts exports nothing by default",
      "write: export default (workspace: Workspace) => { … }",
    ],
    [
      "its default export is not a function",
      "export default { name: 'media' };",
      "TOUCHDOWNFILE_EXPORT",
      "FOLDER/Touchdownfile.ts exports a value of type object by default",
      "write: export default (workspace: Workspace) => { … }",
    ],
  ])("%s", async (_title, source, code, message, hint) => {
    await write("broken.ts", "export const a: number = 1;\n\nfoo bar;");
    // Twice: what went wrong must not be kept in the cache as if it were code.
    for (const _ of [1, 2]) {
      expect(await refusal(load("Touchdownfile.ts", source))).toEqual([code, message, hint]);
    }
  });

  test("it throws while it declares", async () => {
    const source = "export default async (): Promise<void> => {\n  undefined.addQueue();\n};";
    const run = await load("Touchdownfile.ts", source);
    expect(await refusal(run([]))).toEqual([
      "TOUCHDOWNFILE_THREW",
      "FOLDER/Touchdownfile.ts:2: Cannot read properties of undefined (reading 'addQueue')",
      undefined,
    ]);
  });

  test("a refusal of touchdown's own passes as it is", async () => {
    const refused = new TouchdownError("ARGUMENT", "queue jobs: retention is too long");
    const source = "export default (refuse: () => void) => refuse();";
    const file = await write("Touchdownfile.ts", source);
    const run = await loadTouchdownfile<() => void>(file, { library });
    await expect(
      run(() => {
        throw refused;
      }),
    ).rejects.toBe(refused);
  });
});

async function load(name: string, source: string) {
  return loadTouchdownfile<unknown[]>(await write(name, source), { library });
}

async function write(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function refusal(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TouchdownError)) throw new Error("it was not refused", { cause: error });
  const { code, message, hint } = error;
  return [code, message.replaceAll(folder, "FOLDER"), hint?.replaceAll(folder, "FOLDER")];
}

function above(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...above(parent)];
}
