import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { touchdownfileFolder } from "../../test/support/touchdownfile-folder.ts";
import { findTouchdownfile } from "./find.ts";

const { path, write, refusal } = touchdownfileFolder();

describe("finding the Touchdownfile", () => {
  test("the nearest one counts, in this folder or above", async () => {
    await write("Touchdownfile.ts", "");
    await write("a/Touchdownfile.mjs", "");
    await write("a/b/c/.keep", "");
    expect(findTouchdownfile(join(path(), "a/b/c"))).toBe(join(path(), "a/Touchdownfile.mjs"));
    expect(findTouchdownfile(path())).toBe(join(path(), "Touchdownfile.ts"));
  });

  test("TypeScript comes before the JavaScript compiled from it", async () => {
    await write("Touchdownfile.js", "");
    await write("Touchdownfile.ts", "");
    expect(findTouchdownfile(path())).toBe(join(path(), "Touchdownfile.ts"));
  });

  test("a folder of that name is not taken for the file", async () => {
    await write("a/Touchdownfile.ts/x", "");
    await write("Touchdownfile.ts", "");
    expect(findTouchdownfile(join(path(), "a"))).toBe(join(path(), "Touchdownfile.ts"));
  });

  test("a file the user named is taken, relative to where they are", async () => {
    await write("staging.ts", "");
    await write("a/.keep", "");
    expect(findTouchdownfile(join(path(), "a"), "../staging.ts")).toBe(join(path(), "staging.ts"));
  });

  test("a named file that is missing is an error with its full path", async () => {
    expect(await refusal(finding(path(), "staging.ts"))).toEqual([
      "TOUCHDOWNFILE_MISSING",
      "there is no file FOLDER/staging.ts",
      "name a Touchdownfile that exists with --file",
    ]);
  });

  test("where there is none, the error says every folder that was looked in", async () => {
    const [code, message] = await refusal(finding(join(path(), "a")));
    expect(code).toBe("TOUCHDOWNFILE_MISSING");
    expect(message).toBe(`no Touchdownfile.ts in FOLDER/a, FOLDER, ${above(path()).join(", ")}`);
  });
});

function finding(from: string, file?: string): Promise<string> {
  return Promise.resolve().then(() => findTouchdownfile(from, file));
}

function above(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...above(parent)];
}
