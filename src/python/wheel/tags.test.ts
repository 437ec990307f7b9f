import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tagRanks, tagsOf } from "./tags.ts";
import { architectures, factsOf, pythonRuntimes, targetText } from "./targets.ts";

/** Written by test/oracles/tags.test.ts from PyPA's packaging. */
const golden = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/tags/packaging-26.3.json", import.meta.url), "utf8"),
) as Record<string, { tags: number; sha256: string }>;

describe("ranked as PyPA's packaging ranks them", () => {
  for (const runtime of pythonRuntimes) {
    for (const architecture of architectures) {
      test(`${runtime} ${architecture}`, () => {
        const tags = tagsOf({ runtime, architecture });
        const sha256 = createHash("sha256").update(tags.join("\n")).digest("hex");
        expect({ tags: tags.length, sha256 }).toEqual(golden[`${runtime} ${architecture}`]);
      });
    }
  }
});

test("the newest manylinux is the one of the target's own glibc, whatever machine builds", () => {
  const best = (runtime: (typeof pythonRuntimes)[number], architecture: "x86_64" | "arm64") =>
    tagsOf({ runtime, architecture })[1];
  expect(best("python3.11", "x86_64")).toBe("cp311-cp311-manylinux_2_26_x86_64");
  expect(best("python3.12", "x86_64")).toBe("cp312-cp312-manylinux_2_34_x86_64");
  expect(best("python3.9", "arm64")).toBe("cp39-cp39-manylinux_2_26_aarch64");
});

test("manylinux1 was never on arm64, and musl never fits", () => {
  const tags = tagsOf({ runtime: "python3.13", architecture: "arm64" });
  expect(tags).toContain("cp313-cp313-manylinux2014_aarch64");
  expect(tags.filter((tag) => /manylinux1_|manylinux2010_|musl|x86_64/u.test(tag))).toEqual([]);
});

test("no tag is there twice, and the ranks are their order", () => {
  for (const runtime of pythonRuntimes) {
    const target = { runtime, architecture: "arm64" } as const;
    expect([...tagRanks(target).keys()]).toEqual(tagsOf(target));
    expect(tagRanks(target)).toBe(tagRanks({ ...target }));
  }
});

test("a target says what it is made of", () => {
  expect(factsOf({ runtime: "python3.9", architecture: "arm64" })).toEqual({
    minor: 9,
    glibc: { major: 2, minor: 26 },
    machine: "aarch64",
  });
  expect(targetText({ runtime: "python3.14", architecture: "x86_64" })).toBe("python3.14 (x86_64)");
});
