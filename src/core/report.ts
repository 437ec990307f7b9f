/** What a run says of itself when it ends: what it planned or did, how often, and what failed. */
import { TouchdownError } from "../errors.ts";
import type { Change, Event, Summary, Verdict } from "./events.ts";
import type { Node } from "./graph.ts";
import type { Finding } from "./look.ts";
import { nobodyRetires } from "./retire.ts";
import type { Leaver, Retiring } from "./retire.ts";
import type { Runtime } from "./runtime.ts";
import type { Walked } from "./walk.ts";
import { withOwner } from "./whose.ts";

/** What is to be done with one resource, or was. */
export interface Planned {
  readonly id: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly changes: readonly Change[];
}

export interface Report {
  readonly summary: Summary;
  readonly planned: readonly Planned[];
  readonly failures: readonly { id: string; name: string; error: Error }[];
  /** What the workspace owns, no longer declares, and was not asked to delete, or may not. */
  readonly undeclared: readonly Leaver[];
  /** Not tried. */
  readonly skipped: readonly { id: string; name: string; because: string }[];
  readonly interrupted: boolean;
  /** A person was asked and said no. */
  readonly declined: boolean;
  /** A property of a resource as it was found, or is now that it was made; undefined where it is not known. */
  readonly property: (id: string, name: string) => unknown;
}

export function isIncomplete({ failures, skipped }: Walked<unknown>): boolean {
  return failures.size > 0 || skipped.size > 0;
}

/** What became of what is no longer declared. */
export interface Retired {
  readonly retiring?: Retiring;
  readonly gone?: Walked<void>;
}

type CallCounts = Pick<Summary, "apiCalls" | "throttled">;

/** A runtime that counts the calls, and says each warning once. */
export function countCalls(runtime: Runtime): { runtime: Runtime; counts: () => CallCounts } {
  let [apiCalls, throttled] = [0, 0];
  const said = new Set<string>();
  const emit = (event: Event): void => {
    if (event.type === "call") apiCalls += 1;
    if (event.type === "throttled") throttled += 1;
    if (event.type === "warning") {
      if (said.has(event.message)) return;
      said.add(event.message);
    }
    runtime.emit(withOwner(event));
  };
  return { runtime: { ...runtime, emit }, counts: () => ({ apiCalls, throttled }) };
}

export type HowFar = "planned" | "not done" | "done";

function plannedOf(walked: Walked<Finding>): readonly Planned[] {
  return [...walked.results].map(([node, finding]) => plannedAs(node, finding));
}

export function plannedAs({ id, name }: Node, { verdict, changes }: Finding): Planned {
  return { id, name, verdict, changes };
}

interface Facts {
  readonly runtime: Runtime;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly counts: CallCounts;
  readonly stage: HowFar;
}

/** Count, say so, and return it. */
export function reportOf(
  walked: Walked<Finding>,
  facts: Facts,
  { retiring = nobodyRetires, gone }: Retired,
): Report {
  const planned = plannedOf(walked);
  const count = (...verdicts: Verdict[]): number =>
    facts.stage === "not done"
      ? 0
      : planned.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const found = new Map([...walked.results].map(([{ id }, finding]) => [id, finding]));
  const property = (id: string, name: string): unknown => {
    const outcome = found.get(id)?.property(name);
    return outcome?.known === true ? outcome.value : undefined;
  };
  const report = finish(withGone(walked, gone), facts, {
    planned: [...planned, ...retiring.planned],
    created: count("create"),
    updated: count("update", "pending"),
    deleted: facts.stage === "planned" ? retiring.planned.length : (gone?.results.size ?? 0),
    unchanged: planned.filter(({ verdict }) => verdict === "unchanged").length,
  });
  return { ...report, property, undeclared: retiring.shown };
}

export function withGone(
  walked: Walked<unknown>,
  gone: Walked<unknown> | undefined,
): Walked<unknown> {
  if (gone === undefined) return walked;
  return {
    results: walked.results,
    failures: new Map([...walked.failures, ...gone.failures]),
    skipped: new Map([...walked.skipped, ...gone.skipped]),
  };
}

interface Counts {
  readonly planned: readonly Planned[];
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
}

function isInterrupted({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof TouchdownError);
}

export function finish(walked: Walked<unknown>, facts: Facts, counts: Counts): Report {
  const { runtime, started } = facts;
  const { planned, ...numbers } = counts;
  const elapsedMs = Math.round(runtime.clock.now() - started);
  const failed = walked.failures.size;
  const summary: Summary = { type: "summary", ...numbers, failed, ...facts.counts, elapsedMs };
  runtime.emit(summary);
  return {
    summary,
    planned,
    undeclared: [],
    failures: [...walked.failures].map(([{ id, name }, error]) => ({ id, name, error })),
    skipped: [...walked.skipped].map(([{ id, name }, because]) => ({ id, name, because })),
    interrupted: isInterrupted(runtime.signal),
    declined: false,
    property: () => undefined,
  };
}
