import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBytes } from "./byte-order.ts";

test("as the bytes compare, also where UTF-16 does not", () => {
  expect(["ﬀ", "𝄞", "a", "", "é", "a/b", "a-b", "𝄟"].toSorted(compareBytes)).toEqual([
    "",
    "a",
    "a-b",
    "a/b",
    "é",
    "ﬀ",
    "𝄞",
    "𝄟",
  ]);
  const paths = fc.string({ unit: fc.constantFrom("a", "/", "-", "é", "ﬀ", "\ue000", "𝄞", "𝄟") });
  fc.assert(
    fc.property(paths, paths, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareBytes(a, b))).toBe(bytes);
    }),
    { numRuns: 2_000 },
  );
});
