import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { readCentralDirectory } from "../../zip/read.ts";
import { readEntry } from "../../zip/read-entry.ts";
import { writeZip } from "../../zip/write.ts";
import { python, pythonArtifact } from "./inline-code.ts";
import type { InlineArtifact } from "./inline-code.ts";
import { javascriptArtifact } from "./inline-javascript.ts";
import type { HandlerFunction } from "./inline-javascript.ts";

async function contentsOf(artifact: InlineArtifact): Promise<Record<string, string>> {
  const zip = await artifact.read(0, artifact.size);
  const files: Record<string, string> = {};
  for (const entry of await readCentralDirectory(zip)) {
    files[entry.path] = Buffer.from(await readEntry(zip, entry)).toString();
  }
  return files;
}

describe("Python", () => {
  test("becomes main.py, without the indentation of the Touchdownfile", async () => {
    const code = python`
      import json

      def hello_world(event, context):
          return json.dumps({"a": "\n", "b": "\`\${x}"})
    `;
    expect(await contentsOf(pythonArtifact(code))).toEqual({
      "main.py":
        'import json\n\ndef hello_world(event, context):\n    return json.dumps({"a": "\\n", "b": "`${x}"})\n',
    });
  });

  test("is the zip that the zip writer makes, the same each time", async () => {
    const artifact = pythonArtifact(python`def f(event, context): return 1`);
    const zip = await writeZip([
      { path: "main.py", bytes: Buffer.from("def f(event, context): return 1\n") },
    ]);
    expect({ sha256: artifact.sha256, size: artifact.size }).toEqual({
      sha256: zip.sha256,
      size: zip.size,
    });
  });

  test("values can't be put into it", () => {
    const unchecked = python as (parts: TemplateStringsArray, ...values: unknown[]) => unknown;
    expect(() => unchecked`x = ${1}`).toThrow("python`…` can't hold ${…}");
  });
});

/** Functions as their text, so that no compiler touches them. */
function evaluated(text: string): HandlerFunction {
  return runInThisContext(`(${text})`) as HandlerFunction;
}

describe("JavaScript", () => {
  test.each([
    [
      "function hello(event, context) { return event; }",
      "export function hello(event, context) { return event; }\n",
    ],
    [
      "async function hello(event) { return event }",
      "export async function hello(event) { return event }\n",
    ],
    [
      "({ hello: async (event) => ({ ...event }) }).hello",
      "export const hello = async (event) => ({ ...event });\n",
    ],
    [
      "({ hello: function (event) { return 1 } }).hello",
      "export const hello = function (event) { return 1 };\n",
    ],
    [
      "function hello() { return jitiImport('node:fs') }",
      "export function hello() { return import('node:fs') }\n",
    ],
  ])("%s is sent as it was written", async (text, source) => {
    const artifact = javascriptArtifact(evaluated(text));
    expect(await contentsOf(artifact)).toEqual({ "main.mjs": source });
    expect(artifact.inline.exported).toBe("hello");
  });

  test.each([
    ["function f() { return outer }", "outer"],
    ["function f() { const g = () => table.name; return g() }", "table"],
    ["function f(a = fallback) { return a }", "fallback"],
    ["function f() { return (0, _nodeFs.readFileSync)('x') }", "readFileSync"],
    ["function f() { return _nodeFs.default.readFileSync('x') }", "nodeFs"],
    ["function f() { return __vi_import_0__.nearest }", "nearest"],
    ["function f() { return { a, b: { [c]: 1 } } }", "a, c"],
    ["function f() { x = 1 }", "x"],
    ["function f() { { let y = 1 } return y }", "y"],
    ["function f() { class A extends Base { m() { return own } } }", "Base, own"],
  ])("%s uses %s from outside", (text, names) => {
    const expected = `uses ${names} from outside f: only f is sent`;
    expect(() => javascriptArtifact(evaluated(text))).toThrow(expected);
  });

  test.each([
    "function f(event, { fail }) { for (const x of event) fail(x); return process.env.A + Buffer.from(arguments[0]) }",
    "function f() { try { g() } catch ({ message }) { console.log(message) } function g() { f() } }",
    "function f() { later(); var later = () => undefined; outer: for (;;) break outer; }",
    "function f([a, ...b], { c: d = a, ...e }) { return typeof nothing === 'undefined' ? [b, d, e] : a }",
    "function f() { class A { static x = 1; #y = A.x; m() { return this.#y + new.target } } return new A() }",
    "function f(x) { switch (x) { case 1: let y = 2; return y } for (var i in x); return i ?? import.meta }",
  ])("%s uses nothing from outside", (text) => {
    const code = text.replace(" ?? import.meta", "").replace(" + new.target", "");
    expect(() => javascriptArtifact(evaluated(code))).not.toThrow();
  });

  test.each([
    ["(event) => event", "is a function without a name"],
    ["function () {}", "is a function without a name"],
    ["({ hello() {} }).hello", "is the method hello"],
    ["({ async hello() {} }).hello", "is the method hello"],
    ["({ 'a-b': () => 1 })['a-b']", 'has the name "a-b", which can\'t be exported'],
    ["class Hello {}", "is the class Hello"],
    ["function* hello() {}", "is the generator hello"],
    ["parseInt", "is parseInt of JavaScript itself, which has no source to send"],
    [
      "(function hello() {}).bind(1)",
      "is hello bound to its arguments, which leaves no source to send",
    ],
  ])("%s is refused", (text, message) => {
    expect(() => javascriptArtifact(evaluated(text))).toThrow(message);
  });
});
