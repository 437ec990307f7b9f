import { expect, test } from "vitest";
import { pathMatcher } from "./path-patterns.ts";

const matched = (patterns: readonly string[], ...paths: readonly string[]): readonly string[] =>
  paths.filter(pathMatcher(patterns));

test("as git reads them", () => {
  expect(matched(["tests"], "tests", "a/tests/b.py", "tests/c/d.py", "a/tests.py")).toEqual([
    "tests",
    "a/tests/b.py",
    "tests/c/d.py",
  ]);
  expect(matched(["/tests/"], "tests/b.py", "a/tests/b.py")).toEqual(["tests/b.py"]);
  expect(matched(["*.pyi", "a/**/b"], "x/y.pyi", "a/c/d/b", "a/b", "y.py")).toEqual([
    "x/y.pyi",
    "a/c/d/b",
    "a/b",
  ]);
});

test("a later pattern takes back, case counts, and none match nothing", () => {
  expect(matched(["*.txt", "!keep.txt"], "a.txt", "keep.txt", "A.TXT")).toEqual(["a.txt"]);
  expect(matched(["# not this", ""], "# not this", "a")).toEqual([]);
  expect(matched([], "a")).toEqual([]);
});
