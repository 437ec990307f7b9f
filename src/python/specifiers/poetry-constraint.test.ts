import { expect, test } from "vitest";
import { inPoetryRange } from "./poetry-constraint.ts";

test.each([
  ["*", "1.0", true],
  ["^1.2.3", "1.2.3", true],
  ["^1.2.3", "1.9", true],
  ["^1.2.3", "2.0a1", false],
  ["^0.2.3", "0.2.9", true],
  ["^0.2.3", "0.3.0", false],
  ["^0.0.3", "0.0.4", false],
  ["^0.0", "0.0.9", true],
  ["^0.0", "0.1", false],
  ["^0", "0.9", true],
  ["^3.9", "3.12.12", true],
  ["~1.2.3", "1.2.9", true],
  ["~1.2.3", "1.3", false],
  ["~1", "1.9", true],
  ["~1", "2", false],
  ["~=1.2", "1.9", true],
  ["1.*", "1.5", true],
  ["==1.*", "2.0", false],
  ["1.2.3", "1.2.3", true],
  ["1.2.3", "1.2.4", false],
  ["!=1.5", "1.5", false],
  [">=1,<2", "1.5", true],
  [">= 1, < 2", "2", false],
  [">=3.9 <4", "3.12", true],
  ["<1 || >=2,<3", "2.5", true],
  ["<1 | >=2", "1.5", false],
])("%s takes %s: %s", (range, version, answer) => {
  expect(inPoetryRange(version, range)).toBe(answer);
});

test.each(["^", "nonsense", ">=1 ||| 2", "~x"])("%s is no range", (range) => {
  expect(inPoetryRange("1.0", range)).toBeUndefined();
});
