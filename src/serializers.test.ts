import { expect, test } from "vitest";
import { Declarations } from "./core/declare.ts";
import { defineResource } from "./core/define.ts";
import type { Lookup, Ref } from "./core/ref.ts";
import { serializers } from "./serializers.ts";
import * as z from "zod/mini";

const thing = defineResource({
  type: "test.thing",
  noun: "thing",
  schema: z.strictObject({ name: z.string() }),
  key: ["name"],
  read: () => Promise.resolve({ url: "" }),
  aspects: {},
  properties: { Url: (have: { url: string }) => have.url },
});
const declarations = new Declarations();
const queue = declarations.adder(thing, { label: "", open: () => Promise.resolve() })({
  name: "q",
});
const url = queue.getProperty("Url");
const known: Lookup = () => ({ known: true, value: "https://q" });

function text(ref: Ref<string>): string {
  expect(ref.problems).toEqual([]);
  const outcome = ref.evaluate(known);
  if (!outcome.known) throw new Error("still waits");
  return outcome.value;
}

test("json sorts keys at every depth and ends with a newline", () => {
  const value = { b: [1, { z: false, a: url }], A: true, gone: undefined };
  expect(text(serializers.json(value))).toBe(
    '{\n  "A": true,\n  "b": [\n    1,\n    {\n      "a": "https://q",\n      "z": false\n    }\n  ]\n}\n',
  );
  expect(text(serializers.json({ b: 1, a: "ü" }, { indent: 0 }))).toBe('{"a":"ü","b":1}\n');
});

test("a serialised value waits for what it holds", () => {
  const ref = serializers.json({ deep: [{ url }] });
  expect(ref.needs).toEqual([queue]);
  expect(ref.evaluate((need) => ({ known: false, needs: [need] })).known).toBe(false);
});

test("lines, commaSeparated, base64 and append write what they say", () => {
  expect(text(serializers.lines(["a", url, 3]))).toBe("a\nhttps://q\n3\n");
  expect(text(serializers.commaSeparated(["a", url]))).toBe("a,https://q");
  expect(text(serializers.base64("grüße"))).toBe("Z3LDvMOfZQ==");
  expect(text(serializers.base64(new Uint8Array([0, 255])))).toBe("AP8=");
  expect(text(serializers.append("x=", url, "\n"))).toBe("x=https://q\n");
});

test("format fills by position and by name, and braces can be written", () => {
  expect(text(serializers.format("{}/{}", url, "jobs"))).toBe("https://q/jobs");
  expect(text(serializers.format("{u}?n={n}", { u: url, n: 2 }))).toBe("https://q?n=2");
  expect(text(serializers.format("{{{}}}", "x"))).toBe("{x}");
});

test("env is sorted, and quoted only where a shell needs it", () => {
  expect(text(serializers.env({ B: "it's", A: url, C: "$HOME x", D: 1 }))).toBe(
    "A=https://q\nB='it'\\''s'\nC='$HOME x'\nD=1\n",
  );
});

test("serializers nest", () => {
  const inner = serializers.json({ url }, { indent: 0 });
  expect(text(serializers.base64(inner))).toBe(
    Buffer.from('{"url":"https://q"}\n').toString("base64"),
  );
});

const circular: Record<string, unknown> = { name: "x" };
circular["self"] = circular;

test.each([
  ["a function", serializers.json({ a: [1, (() => 1) as never] }), "json: a[1] is a function"],
  [
    "a bigint",
    serializers.json({ a: 1n as never }),
    "json: a is 1n, a bigint: use a string or a number",
  ],
  ["not a number", serializers.json([Number.NaN]), "json: [0] is NaN"],
  [
    "a date",
    serializers.json({ at: new Date(0) as never }),
    "json: at is a Date: use a string or a plain object",
  ],
  [
    "a resource",
    serializers.json({ q: queue as never }),
    "json: q is a resource: use its getProperty(…)",
  ],
  ["a circle", serializers.json(circular as never), "json: self contains itself"],
  ["a comma", serializers.commaSeparated(["a,b"]), "commaSeparated: [0] has a comma inside"],
  ["a bad name", serializers.env({ "a b": 1 }), 'env: "a b" is not a variable\'s name'],
  ["a missing value", serializers.format("{}{}", 1), 'format: "{}{}" has no value for {}'],
  [
    "a lone brace",
    serializers.format("{", 1),
    'format: "{" has a lone {: write {{ for the character',
  ],
  ["a value too many", serializers.format("{}", 1, 2), 'format: "{}" uses 1 of 2 values'],
  ["an object in lines", serializers.lines([{} as never]), "lines: [0] is not text"],
])("what can't be serialised is named with its path: %s", (_what, ref, problem) => {
  expect(ref.problems).toEqual([`serializers.${problem}`]);
});

test("a ref in a template string is refused by name", () => {
  expect(() => `${String(url)}`).toThrow("thing q.Url is not known yet: use serializers.format");
});
