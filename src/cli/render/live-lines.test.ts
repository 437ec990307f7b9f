import { expect, test } from "vitest";
import type { Event } from "../../core/events.ts";
import { liveLines } from "./live-lines.ts";
import { progress } from "./progress.ts";

const of = (name: string) => ({ id: `id of ${name}`, name });
const space = { columns: 80, rows: 24, spinner: "*" };

/** What is shown `at` milliseconds after the last of the events, which come a second apart. */
function shown(events: readonly Event[], more: Partial<typeof space> & { at?: number } = {}) {
  let now = 0;
  const view = progress(() => now);
  for (const event of events) {
    view.take(event);
    now += 1_000;
  }
  return liveLines(view.state(), { ...space, ...more, now: now + (more.at ?? 0) });
}

const started = (name: string): Event => ({ type: "started", ...of(name), verdict: "create" });
const finished = (name: string): Event => ({
  type: "finished",
  ...of(name),
  verdict: "create",
  changes: [],
  elapsedMs: 1,
});
const changing = (total: number): Event => ({ type: "stage", stage: "changing", total });

test("what runs is named, since when and what it waits for, the longest running first", () => {
  const events: Event[] = [
    changing(30),
    started("function api"),
    started("queue jobs"),
    started("role r"),
    finished("role r"),
    { type: "waiting", ...of("function api"), what: "function api to settle", atMostMs: 9 },
    { type: "retrying", ...of("queue jobs"), what: "it", because: "it is new", afterMs: 1 },
  ];
  expect(shown(events)).toEqual([
    "* changing 1 of 30, 7 s",
    "  function api  creating  6 s, waiting to settle",
    "  queue jobs    creating  5 s, it is new",
  ]);
  const over: Event[] = [
    { type: "waited", ...of("function api"), what: "function api to settle", elapsedMs: 9 },
    { type: "call", ...of("queue jobs"), service: "SQS", operation: "CreateQueue", elapsedMs: 1 },
  ];
  expect(shown([...events, ...over])).toEqual([
    "* changing 1 of 30, 9 s",
    "  function api  creating  8 s",
    "  queue jobs    creating  7 s",
  ]);
});

test("a service that throttles is named, with how often, until it has not for a while", () => {
  const throttled: Event = { type: "throttled", service: "Lambda", operation: "GetFunction" };
  const events = [changing(30), started("function api"), throttled, throttled];
  expect(shown(events)).toEqual([
    "* changing 0 of 30, 4 s",
    "  function api  creating  3 s",
    "  Lambda throttles (2 times)",
  ]);
  const later = Array.from({ length: 6 }, (_, index) => started(`queue ${index}`));
  expect(shown([...events, ...later]).join("\n")).not.toContain("throttles");
});

test("of more than there is room for, the longest running are named and the others counted", () => {
  const names = Array.from({ length: 300 }, (_, index) => `queue q${index}`);
  const events = [changing(300), ...names.map((name) => started(name))];
  const lines = shown(events, { rows: 8 });
  expect(lines).toEqual([
    "* changing 0 of 300, 5 min 1 s",
    "  queue q0  creating  5 min",
    "  queue q1  creating  4 min 59 s",
    "  queue q2  creating  4 min 58 s",
    "  … and 297 more",
  ]);
  expect(shown(events, { rows: 60 })).toHaveLength(13);
});

test("no line is wider than the terminal", () => {
  const lines = shown(
    [changing(3), started(`file ${"x".repeat(90)}`), started("file 漢字漢字漢字")],
    {
      columns: 30,
    },
  );
  expect(lines.map((line) => line.length <= 29 && line.endsWith("…"))).toEqual([false, true, true]);
  expect(lines[2]).toBe("  file 漢字漢字漢字         …");
});

test("while everything is read only what takes long is named", () => {
  const reading: Event[] = [
    { type: "stage", stage: "reading", total: 3 },
    { type: "reading", ...of("queue a") },
    { type: "planned", ...of("queue a"), verdict: "unchanged", changes: [] },
    { type: "reading", ...of("queue b") },
  ];
  expect(shown(reading)).toEqual(["* reading 1 of 3, 4 s"]);
  expect(shown(reading, { at: 2_000 })).toEqual([
    "* reading 1 of 3, 6 s",
    "  queue b  reading  3 s",
  ]);
});

test("what was as declared and is not tried counts for nothing", () => {
  const events: Event[] = [
    { type: "stage", stage: "reading", total: 2 },
    { type: "planned", ...of("queue a"), verdict: "unchanged", changes: [] },
    { type: "planned", ...of("queue b"), verdict: "create", changes: [] },
    changing(2),
    { type: "skipped", ...of("queue a"), because: "role r" },
    { type: "skipped", ...of("queue b"), because: "role r" },
  ];
  expect(shown(events)).toEqual(["* changing 1 of 2, 3 s"]);
});

test("a run that waits for its turn says so before anything begins", () => {
  const what = "s3://locks/media.lock, which is held by ann";
  const waiting: Event[] = [{ type: "waiting", what, atMostMs: 600_000 }];
  expect(shown(waiting)).toEqual([`* waiting 1 s for ${what}`]);
  expect(shown(waiting, { at: 60_000 })).toEqual([`* waiting 61 s for ${what}`]);
  const asked: Event = { type: "call", service: "S3", operation: "GetObject", elapsedMs: 9 };
  expect(shown([...waiting, asked])).toEqual([`* waiting 2 s for ${what}`]);
  expect(shown([...waiting, { type: "waited", what, elapsedMs: 9 }])).toEqual([]);
});

test("nothing moves when all is done, nor before anything begins", () => {
  expect(shown([])).toEqual([]);
  expect(shown([changing(1), started("queue a"), finished("queue a")])).toEqual([]);
});
