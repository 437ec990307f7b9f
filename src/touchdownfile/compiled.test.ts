import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { touchdownfileFolder } from "../../test/support/touchdownfile-folder.ts";
import type { Source } from "./compile.ts";
import { CompiledFiles } from "./compiled.ts";

const { path } = touchdownfileFolder();

const one = { path: "/p/Touchdownfile.ts", text: "export {}", async: true };
const two = { path: "/p/lib.ts", text: "export {}", async: true };

test("a file is compiled once", async () => {
  expect(await compiling([one, two, one])).toEqual([one, two, one]);
  expect(await compiling([one, two])).toEqual([]);
});

test.each([
  ["other text", { ...one, text: "export {};" }],
  ["the same text elsewhere", { ...one, path: "/q/Touchdownfile.ts" }],
  ["the other way to load it", { ...one, async: false }],
])("%s is compiled anew, and what did not change is not", async (_title, changed) => {
  await compiling([one, two]);
  expect(await compiling([changed, two])).toEqual([changed]);
  expect(await compiling([changed, two])).toEqual([]);
});

test("each Touchdownfile has its own record", async () => {
  await compiling([one]);
  await compiling([two], { file: "/q/Touchdownfile.ts" });
  expect(await compiling([one])).toEqual([]);
  expect(await readdir(records())).toHaveLength(2);
});

test("nothing is taken of another version of touchdown", async () => {
  await compiling([one], { version: "1.0.0" });
  expect(await compiling([one], { version: "1.0.1" })).toEqual([one]);
});

test("nothing is taken of another version of Node", async () => {
  await compiling([one]);
  const real = Object.getOwnPropertyDescriptor(process, "version") ?? {};
  try {
    Object.defineProperty(process, "version", { ...real, value: "v99.0.0" });
    expect(await compiling([one])).toEqual([one]);
  } finally {
    Object.defineProperty(process, "version", real);
  }
});

test("a damaged record is ignored, wherever the damage is, and written anew", async () => {
  await compiling([one]);
  const record = join(records(), (await readdir(records()))[0] ?? "");
  const whole = await readFile(record);
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    await writeFile(record, damaged);
    expect(await compiling([one])).toEqual([one]);
  }
  for (const length of [0, 1, whole.length - 1]) {
    await writeFile(record, whole.subarray(0, length));
    expect(await compiling([one])).toEqual([one]);
  }
  expect(await readFile(record)).toEqual(whole);
});

test("what can't be compiled is not kept", async () => {
  const refused = new Error("no");
  const files = new CompiledFiles("/p/Touchdownfile.ts", {
    version: "1.0.0",
    compile: () => {
      throw refused;
    },
  });
  expect(() => files.codeOf(one)).toThrow(refused);
  await files.save();
  expect(await compiling([one])).toEqual([one]);
});

const records = (): string => join(path(), "cache/touchdownfiles-v2");

/** What had to be compiled to get the code of `sources` in one run. */
async function compiling(
  sources: readonly Source[],
  { file = "/p/Touchdownfile.ts", version = "1.0.0" } = {},
): Promise<readonly Source[]> {
  const done: Source[] = [];
  const files = new CompiledFiles(file, {
    version,
    compile: (source) => {
      done.push(source);
      return `code of ${JSON.stringify(source)}`;
    },
  });
  for (const source of sources) {
    expect(files.codeOf(source)).toBe(`code of ${JSON.stringify(source)}`);
  }
  await files.save();
  return done;
}
