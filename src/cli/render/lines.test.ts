import { expect, test } from "vitest";
import type { Report } from "../../core/report.ts";
import { changeText, duration, plannedLines, summaryLine } from "./lines.ts";

test.each([
  [{ field: "timeout", kind: "changed", old: "3", new: "30" }, "timeout: 3 → 30"],
  [{ field: "description", kind: "removed", old: "x" }, "description: x → default"],
  [{ field: "environment.KEY", kind: "added", secret: true }, "environment.KEY: added"],
  [
    { field: "code", kind: "changed", action: "upload code", old: "sha256 3f2a…", new: "91bc…" },
    "upload code (sha256 3f2a… → 91bc…)",
  ],
  [
    { field: "environment", kind: "pending", needs: ["queue jobs"] },
    "environment: not known yet (needs queue jobs)",
  ],
  [
    { field: "code", kind: "pending", action: "upload code", needs: ["output lambda.zip"] },
    "may upload code (needs output lambda.zip)",
  ],
  [
    { field: "w", kind: "action", action: "will be written", needs: ["queue jobs"] },
    "will be written (needs queue jobs)",
  ],
  [{ field: "may run", kind: "pending", action: "may run", needs: [] }, "may run"],
  [{ field: "x", kind: "action", action: "publish a new version" }, "publish a new version"],
] as const)("%j reads: %s", (change, text) => {
  expect(changeText(change)).toBe(text);
});

test("a planned resource reads as its name, then what is done with it", () => {
  const changes = [
    { field: "create", kind: "action", action: "create" },
    { field: "runtime", kind: "added", new: "python3.13" },
  ] as const;
  expect(plannedLines({ name: "function f", changes })).toEqual([
    "function f",
    "  * create",
    "  * runtime: python3.13",
  ]);
});

test.each([
  [0, "0.0 s"],
  [1_234, "1.2 s"],
  [119_940, "119.9 s"],
  [119_950, "2 min"],
  [3_725_000, "62 min 5 s"],
])("%i ms read: %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [0, "1 created; 14 AWS calls, 1.2 s"],
  [1, "1 created; 14 AWS calls, throttled once, 1.2 s"],
  [12, "1 created; 14 AWS calls, throttled 12 times, 1.2 s"],
])("a summary of a run that was throttled %i times", (throttled, text) => {
  const none = { updated: 0, deleted: 0, unchanged: 0, failed: 0 };
  const counts = { ...none, created: 1, apiCalls: 14, throttled, elapsedMs: 1_200 };
  const summary = { type: "summary", ...counts } as const;
  const report: Report = {
    summary,
    planned: [],
    failures: [],
    undeclared: [],
    skipped: [],
    interrupted: false,
    declined: false,
    property: () => undefined,
  };
  expect(summaryLine(summary, report, false)).toBe(text);
});
