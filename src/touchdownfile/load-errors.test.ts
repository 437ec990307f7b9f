/** What is wrong with a Touchdownfile is said with its place. */
import { describe, expect, test } from "vitest";
import { touchdownfileFolder } from "../../test/support/touchdownfile-folder.ts";
import { TouchdownError } from "../errors.ts";
import { loadTouchdownfile } from "./load.ts";

const { write, refusal } = touchdownfileFolder();

const whens = ["compiled now", "compiled before"] as const;

describe.each(whens)("a wrong Touchdownfile, %s", (when) => {
  const load = loader(when);

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
    const run = await load<() => void>("Touchdownfile.ts", source);
    await expect(
      run(() => {
        throw refused;
      }),
    ).rejects.toBe(refused);
  });
});

/** Writes a Touchdownfile and loads it; "compiled before": for the second time. */
function loader(when: (typeof whens)[number]) {
  return async <Workspace>(name: string, source: string) => {
    const file = await write(name, source);
    const options = { library: {}, version: "1.0.0" };
    if (when === "compiled before") {
      await loadTouchdownfile(file, options).catch(() => undefined);
    }
    return loadTouchdownfile<Workspace>(file, options);
  };
}
