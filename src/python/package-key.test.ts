import { expect, test } from "vitest";
import { differenceOf, idOf, joined, keyOf } from "./package-key.ts";

test("a key depends on names and values, not on their order", () => {
  expect(keyOf({ a: "1", b: "2" })).toBe(keyOf({ b: "2", a: "1" }));
  expect(keyOf({ a: "1", b: "2" })).not.toBe(keyOf({ a: "2", b: "1" }));
  expect(keyOf({ a: "1" })).toMatch(/^[0-9a-f]{64}$/u);
});

test("names and values can't be taken for each other", () => {
  expect(keyOf({ 'a" "b': "c" })).not.toBe(keyOf({ a: 'b" "c' }));
});

test("a difference is said in words, three at the most", () => {
  expect(differenceOf({ a: "1" }, { a: "1" })).toBeUndefined();
  expect(differenceOf({ a: "1", b: "1" }, { a: "2", c: "1" })).toBe(
    "a changed, b is gone, c is new",
  );
  expect(differenceOf({}, { a: "", b: "", c: "", d: "", e: "" })).toBe(
    "a is new, b is new, c is new and 2 more",
  );
  expect(differenceOf({ toString: "1" }, { constructor: "1" })).toBe(
    "constructor is new, toString is gone",
  );
});

test("an own file that is called as an input is does not take its place", () => {
  const shared = { runtime: "python3.13" };
  const own = { runtime: "644 a1", "app.py": "644 b2" };
  const table = { runtime: "python3.13", "./runtime": "644 a1", "app.py": "644 b2" };
  expect(joined({ shared, own })).toEqual(table);
  expect(joined({ shared, own: { constructor: "644 c3" } })).toEqual({
    ...shared,
    constructor: "644 c3",
  });
});

test("packages of the same dependencies and own paths are of one group, whatever is in their files", () => {
  const shared = { "pylock.toml": "a1" };
  const of = (own: Record<string, string>, other = {}) =>
    idOf({ shared: { ...shared, ...other }, own });
  const one = of({ "a.py": "644 a1", "b.py": "644 b2" });
  const edited = of({ "b.py": "755 c3", "a.py": "644 a1" });
  expect(edited.group).toBe(one.group);
  expect(edited.key).not.toBe(one.key);
  expect(of({ "a.py": "644 a1", "c.py": "644 b2" }).group).not.toBe(one.group);
  expect(of({ "a.py": "644 a1" }).group).not.toBe(one.group);
  expect(of({ "a.py": "644 a1", "b.py": "644 b2" }, { runtime: "python3.13" }).group).not.toBe(
    one.group,
  );
});
