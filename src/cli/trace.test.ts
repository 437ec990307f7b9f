import fc from "fast-check";
import { expect, test } from "vitest";
import { readTrace } from "../../test/support/trace-format.ts";
import type { Event } from "../core/events.ts";
import { traceText } from "./trace.ts";
import type { Heard } from "./trace.ts";

const of = (name: string) => ({ id: `id ${name}`, name });
const call = (name: string, operation: string, elapsedMs: number): Event => ({
  type: "call",
  ...of(name),
  service: "SQS",
  operation,
  elapsedMs,
});

/** `track | name | start → end`, in milliseconds. */
function shown(heard: readonly (readonly [at: number, event: Event])[]): string[] {
  const spans = readTrace(
    traceText(
      heard.map(([at, event]) => ({ at, event })),
      "touchdown apply",
    ),
  );
  return spans.map(
    ({ track, name, ts, dur }) => `${track} | ${name} | ${ts / 1_000} → ${(ts + dur) / 1_000}`,
  );
}

test("reading and changing are spans, and what they were made of is below them", () => {
  const finished = { verdict: "create", changes: [], elapsedMs: 60 } as const;
  expect(
    shown([
      [100, { type: "stage", stage: "reading", total: 2 }],
      [100, { type: "reading", ...of("a") }],
      [101, { type: "reading", ...of("b") }],
      [110, call("a", "GetQueueUrl", 9)],
      [111, { type: "planned", ...of("a"), verdict: "create", changes: [] }],
      [120, { type: "planned", ...of("b"), verdict: "unchanged", changes: [] }],
      [200, { type: "stage", stage: "changing", total: 1 }],
      [205, { type: "started", ...of("a"), verdict: "create" }],
      [220, { type: "retrying", ...of("a"), what: "queue a", because: "so", afterMs: 5 }],
      [250, { type: "waited", ...of("a"), what: "queue a to be there", elapsedMs: 20 }],
      [255, call("a", "SetQueueAttributes", 15)],
      [260, { type: "finished", ...of("a"), ...finished }],
      [270, { type: "call", service: "STS", operation: "GetCallerIdentity", elapsedMs: 10 }],
    ]),
  ).toEqual([
    "run | reading 2 | 0 → 20",
    "run | changing 1 | 100 → 160",
    "slot 1 | read a | 0 → 11",
    "slot 1 | SQS GetQueueUrl | 1 → 10",
    "slot 1 | create a | 100 → 160",
    "slot 1 | before trying queue a again | 120 → 125",
    "slot 1 | wait for queue a to be there | 130 → 150",
    "slot 1, at the same time | SQS SetQueueAttributes | 140 → 155",
    "slot 2 | read b | 1 → 20",
    "shared | STS GetCallerIdentity | 160 → 170",
  ]);
});

test("what failed says why, and what was never finished ends with the run", () => {
  const heard: Heard[] = [
    { at: 5, event: { type: "reading", ...of("a") } },
    { at: 6, event: { type: "started", ...of("b"), verdict: "update" } },
    { at: 9, event: { type: "failed", ...of("a"), error: { code: "THROTTLED", message: "no" } } },
    { at: 11, event: { type: "progress", message: "stopping" } },
  ];
  const spans = readTrace(traceText(heard, "x"));
  expect(spans.map(({ name, ts, dur, args }) => [name, ts, dur, args])).toEqual([
    ["read a", 0, 4_000, { id: "id a", error: "THROTTLED" }],
    ["update b", 1_000, 5_000, { id: "id b", unfinished: true }],
  ]);
});

/** Any calls and waits, of resources that are read and changed at the same time, on a coarse clock. */
const anything = fc.array(
  fc.tuple(
    fc.constantFrom("reading", "planned", "started", "finished", "call", "waited", "retrying"),
    fc.constantFrom("a", "b", "c", undefined),
    fc.nat({ max: 3 }),
    fc.nat({ max: 6 }),
  ),
  { minLength: 1, maxLength: 60 },
);

test("whatever overlaps, every track keeps the format's rules, and no call is lost", () => {
  fc.assert(
    fc.property(anything, (steps) => {
      let at = 100;
      const heard = steps.map(([type, name, later, elapsedMs]): Heard => {
        at += later;
        const event = { ...of(name ?? "d"), type, elapsedMs, afterMs: elapsedMs };
        const common = { verdict: "create", changes: [], service: "S", operation: "O" };
        const owned = name === undefined ? { id: undefined, name: undefined } : {};
        const text = { what: "it", because: "so" };
        const isPart = ["call", "waited", "retrying"].includes(type);
        return { at, event: { ...common, ...text, ...event, ...(isPart ? owned : {}) } as never };
      });
      const spans = readTrace(traceText(heard, "x"));
      const calls = steps.filter(([type]) => ["call", "waited", "retrying"].includes(type));
      expect(spans.filter(({ cat }) => ["call", "wait", "retry"].includes(cat))).toHaveLength(
        calls.length,
      );
    }),
    { numRuns: 300 },
  );
});
