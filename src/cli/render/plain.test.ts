import { expect, test, vi } from "vitest";
import type { Event } from "../../core/events.ts";
import { jsonRenderer } from "./json.ts";
import { plainRenderer } from "./plain.ts";

const of = { id: "aws.sqs.queue jobs", name: "queue jobs" };
const events: readonly Event[] = [
  { type: "reading", ...of },
  { type: "started", ...of, verdict: "update" },
  { type: "output", ...of, stream: "stdout", text: "one\ntw" },
  { type: "output", ...of, stream: "stdout", text: "o\nthree" },
  { type: "call", service: "SQS", operation: "SetQueueAttributes", elapsedMs: 12 },
  { type: "waiting", what: "queue jobs to be there", atMostMs: 60_000 },
  {
    type: "finished",
    ...of,
    verdict: "update",
    changes: [{ field: "delay", kind: "changed", old: "0", new: "5" }],
    elapsedMs: 1234,
  },
  {
    type: "failed",
    ...of,
    error: { code: "THROTTLED", message: "queue jobs: slow down", hint: "wait" },
  },
  { type: "skipped", ...of, because: "function f" },
];

function rendered(verbose: boolean): string {
  let text = "";
  const renderer = plainRenderer({ verbose }, (more) => {
    text += more;
  });
  for (const event of events) renderer.emit(event);
  renderer.end();
  return text;
}

test("a log has a line for what starts, what is waited for and what is done, and whole lines of output", () => {
  expect(rendered(false)).toBe(`… queue jobs
  | one
  | two
waiting for queue jobs to be there, at most 60 s
  | three
updated queue jobs: delay: 0 → 5 1.2 s
failed queue jobs: slow down [THROTTLED]
  wait
not tried queue jobs (function f)
`);
});

test("a line is whole though something else was said in the middle of it", () => {
  let text = "";
  const renderer = plainRenderer({ verbose: true }, (more) => {
    text += more;
  });
  renderer.emit({ type: "output", ...of, stream: "stdout", text: "ha" });
  renderer.emit({ type: "call", service: "SQS", operation: "ListQueues", elapsedMs: 1 });
  renderer.emit({ type: "output", ...of, stream: "stdout", text: "lf\nrest" });
  renderer.end();
  expect(text).toBe("  SQS ListQueues 1 ms\n  | half\n  | rest\n");
});

test("the first line of a turn is written at once, the others with its end, a question or the process's end", async () => {
  const written: string[] = [];
  const before = process.listeners("exit");
  const { emit, pause, end } = plainRenderer({ verbose: false }, (text) => {
    written.push(text);
  });
  const say = (message: string): void => emit({ type: "progress", message });
  for (const message of ["one", "two", "three"]) say(message);
  expect(written).toEqual(["one\n"]);
  await new Promise(setImmediate);
  expect(written.splice(0)).toEqual(["one\n", "two\nthree\n"]);
  for (const message of ["four", "five"]) say(message);
  pause();
  expect(written.splice(0)).toEqual(["four\n", "five\n"]);
  for (const message of ["six", "seven"]) say(message);
  const added = process.listeners("exit").filter((listener) => !before.includes(listener));
  expect(added).toHaveLength(1);
  added[0]?.(0);
  expect(written.splice(0)).toEqual(["six\n", "seven\n"]);
  end();
  await new Promise(setImmediate);
  expect(written.join("")).toBe("");
  expect(process.listeners("exit")).toEqual(before);
});

test("what destroy leaves reads as what stays", () => {
  let text = "";
  const renderer = plainRenderer({ verbose: false }, (more) => {
    text += more;
  });
  renderer.emit({ type: "left", ...of, because: "it was only referred to, and stays" });
  expect(text).toBe("queue jobs: it was only referred to, and stays\n");
});

test("--verbose adds every AWS call", () => {
  expect(rendered(true)).toContain("  SQS SetQueueAttributes 12 ms\n");
});

test("--json is one event a line", () => {
  const lines: string[] = [];
  const renderer = jsonRenderer((text) => lines.push(text));
  for (const event of events) renderer.emit(event);
  expect(lines.map((line) => JSON.parse(line) as Event)).toEqual(events);
});

test("a log in which nothing happens for 30 s says what is waited for", () => {
  vi.useFakeTimers();
  try {
    let text = "";
    const renderer = plainRenderer({ verbose: false }, (more) => {
      text += more;
    });
    renderer.emit({ type: "stage", stage: "changing", total: 9 });
    for (const name of ["a", "b", "c", "d", "e"]) {
      renderer.emit({ type: "started", id: name, name: `queue ${name}`, verdict: "delete" });
    }
    const what = "queue b to be gone";
    renderer.emit({ type: "waiting", id: "b", name: "queue b", what, atMostMs: 75_000 });
    vi.advanceTimersByTime(31_000);
    renderer.end();
    vi.advanceTimersByTime(60_000);
    expect(text).toBe(`waiting for queue b to be gone, at most 75 s
still changing, 0 of 9 done: queue a for 30 s, queue b for 30 s (waiting to be gone), queue c for 30 s, 2 more
`);
  } finally {
    vi.useRealTimers();
  }
});

test("a log says also before anything begins that the run waits", () => {
  vi.useFakeTimers();
  try {
    let text = "";
    const renderer = plainRenderer({ verbose: false }, (more) => {
      text += more;
    });
    renderer.emit({ type: "waiting", what: "the lock", atMostMs: 600_000 });
    vi.advanceTimersByTime(31_000);
    renderer.emit({ type: "waited", what: "the lock", elapsedMs: 31_000 });
    vi.advanceTimersByTime(60_000);
    renderer.end();
    expect(text).toBe("waiting for the lock, at most 10 min\nstill waiting for the lock\n");
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ["queue jobs", "queue jobs to be there", "waiting for queue jobs to be there"],
  ["queue jobs (prod)", "queue jobs to be there", "queue jobs (prod): waiting to be there"],
  ["function f", "a role to be known", "function f: waiting for a role to be known"],
  [undefined, "a role to be known", "waiting for a role to be known"],
])("of %s, what it waits for reads with whose it is", (name, what, said) => {
  let text = "";
  const renderer = plainRenderer({ verbose: false }, (more) => {
    text += more;
  });
  const of = name === undefined ? {} : { id: name, name };
  renderer.emit({ type: "waiting", ...of, what, atMostMs: 60_000 });
  renderer.end();
  expect(text).toBe(`${said}, at most 60 s\n`);
});
