/** What a run's events say of how far it is: done and total, what runs, since when, what it waits for. */
import type { Event, Stage, Verdict } from "../../core/events.ts";
import { timesText } from "./lines.ts";

export interface Running {
  readonly name: string;
  readonly doing: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** `waiting to become active`. */
  readonly note?: string;
}

export interface Progress {
  /** Absent: nothing is going on. */
  readonly stage?: Stage;
  readonly done: number;
  readonly total: number;
  readonly since: number;
  /** The longest running first. */
  readonly running: readonly Running[];
  /** What is waited for, nobody knows for whom; and which services throttle. */
  readonly note?: string;
}

/** Milliseconds that a service is said to throttle after it did. */
const throttlesFor = 5_000;

/** `Lambda throttles (12 times)`, of those that did lately. */
function throttling(now: () => number) {
  const services = new Map<string, { readonly times: number; readonly at: number }>();
  return {
    take: (service: string): void => {
      const { times = 0 } = services.get(service) ?? {};
      services.set(service, { times: times + 1, at: now() });
    },
    text: (): readonly string[] =>
      [...services].flatMap(([service, { times, at }]) =>
        now() - at < throttlesFor ? [`${service} throttles (${timesText(times)})`] : [],
      ),
  };
}

const words: Readonly<Record<Verdict, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  unchanged: "checking",
  pending: "checking",
};

export function progress(now: () => number = Date.now) {
  const verdicts = new Map<string, Verdict>();
  const running = new Map<string, Running>();
  let stage: Stage | undefined;
  let since = 0;
  let total = 0;
  let done = 0;
  let note: string | undefined;
  const slow = throttling(now);
  const begin = (event: Extract<Event, { type: "stage" }>): void => {
    ({ stage, total } = event);
    if (stage === "reading") verdicts.clear();
    running.clear();
    [done, note, since] = [0, undefined, now()];
  };
  const start = (id: string, name: string, doing: string): void =>
    void running.set(id, { name, doing, since: now() });
  const end = (id: string): void => {
    running.delete(id);
    done += 1;
  };
  /** A note of nobody's stands until it is over. */
  const annotate = (id: string | undefined, text: string | undefined): void => {
    const whose = id === undefined ? undefined : running.get(id);
    if (id === undefined) note = text;
    if (stage === undefined) since = now();
    if (id === undefined || whose === undefined) return;
    const { note: _before, ...plain } = whose;
    running.set(id, text === undefined ? plain : { ...plain, note: text });
  };
  const take = (event: Event): void => {
    if (event.type === "stage") return begin(event);
    if (event.type === "reading") return start(event.id, event.name, "reading");
    if (event.type === "started") return start(event.id, event.name, words[event.verdict]);
    if (event.type === "planned") verdicts.set(event.id, event.verdict);
    if (event.type === "waiting") return annotate(event.id, waitText(event));
    if (event.type === "throttled") return slow.take(event.service);
    if (event.type === "retrying") return annotate(event.id, event.because);
    if (event.type === "waited") return annotate(event.id, undefined);
    // before anything begins, calls ask whether the wait is over
    if (stage !== undefined && wentWell(event)) return annotate(event.id, undefined);
    if (endsOne(event, stage, verdicts)) end(event.id);
  };
  const notes = (): readonly string[] => [...(note === undefined ? [] : [note]), ...slow.text()];
  const state = (): Progress => ({
    ...(stage === undefined ? {} : { stage }),
    done,
    total,
    since,
    running: [...running.values()].toSorted((a, b) => a.since - b.since),
    ...(notes().length === 0 ? {} : { note: notes().join(", ") }),
  });
  /** Nothing is going on while a person is asked. */
  const stop = (): void => {
    stage = note = undefined;
    running.clear();
  };
  return { take, state, stop };
}

function wentWell(event: Event): event is Extract<Event, { type: "call" }> {
  return event.type === "call" && event.error === undefined;
}

type Ending = Extract<Event, { type: "finished" | "failed" | "skipped" | "read" | "planned" }>;

function endsOne(
  event: Event,
  stage: Stage | undefined,
  verdicts: ReadonlyMap<string, Verdict>,
): event is Ending {
  if (event.type === "planned" || event.type === "read") return stage === "reading";
  if (event.type === "finished" || event.type === "failed") return true;
  // What was as declared is no part of what is to be changed.
  return event.type === "skipped" && verdicts.get(event.id) !== "unchanged";
}

/** A resource calls itself without its account: `function api`, not `function api (prod)`. */
function placeless(name = ""): string {
  return name.replace(/ \([^()]*\)$/u, "");
}

/** Beside the name: `waiting to become active`, not `waiting for function f to become active`. */
export function waitText({ name, what }: Extract<Event, { type: "waiting" }>): string {
  const own = placeless(name);
  return own !== "" && what.startsWith(`${own} `)
    ? `waiting ${what.slice(own.length + 1)}`
    : `waiting for ${what}`;
}
