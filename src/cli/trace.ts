/**
 * Events → a trace that Perfetto and chrome://tracing show: a track for each thing that is done at the
 * same time, on it what was read and changed, below that the calls and waits it was made of.
 *
 * @source Trace Event Format, Google; complete events (`X`) of a track nest and never overlap in part
 */
import type { Event } from "../core/events.ts";
import { layOut } from "./trace-tracks.ts";
import type { Span } from "./trace-tracks.ts";

/** An event and when it was heard, in milliseconds since the epoch. */
export interface Heard {
  readonly event: Event;
  readonly at: number;
}

interface TraceEvent {
  readonly ph: "X" | "M" | "i";
  readonly name: string;
  readonly pid: 1;
  readonly tid: number;
  /** Microseconds since the run began. */
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly s?: "t";
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The track of the run itself: its stages, and what was said. */
const runTrack = 0;

/** @returns JSON in the format's object form */
export function traceText(heard: readonly Heard[], title: string): string {
  const begin = Math.min(...heard.map(startOf));
  const time = (ms: number): number => Math.round((ms - begin) * 1_000);
  const complete = ({ name, category, start, end, args }: Span, tid: number): TraceEvent => ({
    ph: "X",
    name,
    cat: category,
    pid: 1,
    tid,
    ts: time(start),
    dur: time(end) - time(start),
    args,
  });
  const tracks = layOut(spansOf(heard));
  const events: TraceEvent[] = [
    named("process_name", runTrack, title),
    named("thread_name", runTrack, "run"),
    ...stagesOf(heard).map((span) => complete(span, runTrack)),
    ...saidOf(heard).map(({ text, at }) => ({
      ph: "i" as const,
      name: text,
      cat: "said",
      pid: 1 as const,
      tid: runTrack,
      ts: time(at),
      s: "t" as const,
    })),
    ...tracks.flatMap(({ title: name, spans }, index) => [
      named("thread_name", index + 1, name),
      ordered("thread_sort_index", index + 1),
      ...spans.map((span) => complete(span, index + 1)),
    ]),
  ];
  return `{"displayTimeUnit":"ms","traceEvents":[\n${events.map((each) => JSON.stringify(each)).join(",\n")}\n]}\n`;
}

function named(kind: "process_name" | "thread_name", tid: number, name: string): TraceEvent {
  return { ph: "M", name: kind, pid: 1, tid, args: { name } };
}

function ordered(kind: "thread_sort_index", tid: number): TraceEvent {
  return { ph: "M", name: kind, pid: 1, tid, args: { sort_index: tid } };
}

/** When what an event tells of began. */
function startOf({ event, at }: Heard): number {
  return "elapsedMs" in event && event.type !== "summary" ? at - event.elapsedMs : at;
}

const doing = {
  create: "create",
  update: "update",
  delete: "delete",
  unchanged: "check",
  pending: "check",
} as const;

/** What has a beginning and an end; what an interrupted run left open ends with it. */
function spansOf(heard: readonly Heard[]): readonly Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  const last = heard.at(-1)?.at ?? 0;
  const close = (id: string, end: number, args: Span["args"], start?: number): void => {
    const span = open.get(id);
    open.delete(id);
    if (span !== undefined) {
      spans.push({ ...span, start: start ?? span.start, end, args: { ...span.args, ...args } });
    }
  };
  for (const each of heard) {
    const { event, at } = each;
    if (event.type === "reading") {
      const { id, name } = event;
      open.set(id, {
        id,
        name: `read ${name}`,
        category: "read",
        start: at,
        end: at,
        args: { id },
      });
    }
    if (event.type === "started") {
      const { id, name, verdict } = event;
      const title = `${doing[verdict]} ${name}`;
      open.set(id, { id, name: title, category: doing[verdict], start: at, end: at, args: { id } });
    }
    if (event.type === "planned" || event.type === "read") {
      close(event.id, at, event.type === "planned" ? { verdict: event.verdict } : {});
    }
    if (event.type === "finished") close(event.id, at, {}, startOf(each));
    if (event.type === "failed") close(event.id, at, { error: event.error.code });
    const part = partOf(each);
    if (part !== undefined) spans.push(part);
  }
  for (const id of open.keys()) close(id, last, { unfinished: true });
  return spans;
}

/** A call, a wait or a pause before another try. */
function partOf({ event, at }: Heard): Span | undefined {
  switch (event.type) {
    case "call": {
      const { id, service, operation, elapsedMs, error } = event;
      const args = {
        ...(id === undefined ? {} : { id }),
        ...(error === undefined ? {} : { error }),
      };
      const name = `${service} ${operation}`;
      return { id, name, category: "call", start: at - elapsedMs, end: at, args };
    }
    case "waited": {
      const { id, what, elapsedMs } = event;
      const name = `wait for ${what}`;
      return { id, name, category: "wait", start: at - elapsedMs, end: at, args: {} };
    }
    case "retrying": {
      const { id, what, because, afterMs } = event;
      const name = `before trying ${what} again`;
      return { id, name, category: "retry", start: at, end: at + afterMs, args: { because } };
    }
    default:
      return undefined;
  }
}

/** A stage lasts until the last of its resources: what a person takes to answer is no part of it. */
function stagesOf(heard: readonly Heard[]): readonly Span[] {
  const stages: { start: number; end: number; name: string }[] = [];
  const ends = new Set(["planned", "read", "finished", "failed", "skipped"]);
  for (const { event, at } of heard) {
    const name = event.type === "stage" ? `${event.stage} ${event.total}` : "";
    if (event.type === "stage") stages.push({ start: at, end: at, name });
    const current = stages.at(-1);
    if (current !== undefined && ends.has(event.type)) current.end = at;
  }
  return stages.map((stage) => ({ ...stage, id: undefined, category: "stage", args: {} }));
}

function saidOf(heard: readonly Heard[]): readonly { text: string; at: number }[] {
  return heard.flatMap(({ event, at }) => {
    if (event.type === "throttled")
      return [{ text: `${event.service} throttles ${event.operation}`, at }];
    return event.type === "progress" || event.type === "warning"
      ? [{ text: event.message, at }]
      : [];
  });
}
