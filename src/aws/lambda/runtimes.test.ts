import { expect, test } from "vitest";
import { languageOf, runtimeProblems, runtimes } from "./runtimes.ts";

const november2026 = Date.parse("2026-11-24");

test("a deprecated runtime is warned of, with the day and a newer one", () => {
  expect(runtimeProblems("python3.9", november2026)).toEqual([
    {
      path: ["runtime"],
      severity: "warning",
      message:
        "python3.9 was deprecated by AWS on 2025-12-15: it may refuse to create or update the function",
      hint: "use python3.14",
    },
  ]);
  expect(runtimeProblems("nodejs20.x", november2026)[0]?.hint).toBe("use nodejs24.x");
  expect(runtimeProblems("dotnetcore3.1", november2026)[0]?.hint).toBe("use dotnet10");
  expect(runtimeProblems("provided.al2", november2026)[0]?.hint).toBe("use provided.al2023");
});

test("a runtime is current until its day", () => {
  expect(runtimeProblems("python3.13", november2026)).toEqual([]);
  expect(runtimeProblems("python3.15", november2026)).toEqual([]);
  expect(runtimeProblems("nodejs22.x", Date.parse("2027-04-29"))).toEqual([]);
  expect(runtimeProblems("nodejs22.x", Date.parse("2027-04-30"))).toHaveLength(1);
});

test("every runtime has a language", () => {
  expect([...new Set(runtimes.map((runtime) => languageOf(runtime)))].toSorted()).toEqual([
    "dotnet",
    "go",
    "java",
    "nodejs",
    "provided",
    "python",
    "ruby",
  ]);
});
