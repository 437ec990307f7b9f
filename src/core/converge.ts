/** The one walk behind plan and apply, and the reverse one behind destroy. */
import { TouchdownError } from "../errors.ts";
import { act } from "./act.ts";
import { batchesOf } from "./batches.ts";
import type { Batches } from "./batches.ts";
import { recallFrom } from "./recall.ts";
import type { Change, Event, Summary, Verdict } from "./events.ts";
import type { Graph, Node } from "./graph.ts";
import { deleteRetired, lookForRetired, nobodyRetires } from "./retire.ts";
import type { Leaver, Retire, Retiring } from "./retire.ts";
import { look } from "./look.ts";
import type { Finding, LookOptions } from "./look.ts";
import type { AnyResource } from "./declared.ts";
import { nameOf } from "./name.ts";
import { ownedLists } from "./owned-lists.ts";
import type { Runtime } from "./runtime.ts";
import { openScopes } from "./scopes.ts";
import { walk } from "./walk.ts";
import type { Walked } from "./walk.ts";
import { withOwner } from "./whose.ts";

export interface RunOptions {
  readonly runtime: Runtime;
  /** How many resources are read or changed at a time. */
  readonly concurrency?: number;
  /** Show values of environment variables and other secrets. */
  readonly showValues?: boolean;
  /**
   * `full`: each resource is read by itself, with what no list shows. Default `lists`: what AWS lists is read many at a
   * time, and what lists do not show only where the declaration or the last deployment says that it matters.
   */
  readonly refresh?: "lists" | "full";
  /** What is done about what is no longer declared. Default: nothing. */
  readonly retire?: Retire;
}

export interface Confirmable {
  /** Asked once, with what is to be done; never when there is nothing to do. Absent: yes. */
  readonly confirm?: (planned: readonly Planned[]) => Promise<boolean>;
}

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

/** Read everything and say what apply would do. Changes nothing. */
export async function plan(graph: Graph, options: RunOptions): Promise<Report> {
  const run = startRun(graph, options);
  await run.openAll();
  const walked = await run.converge(false);
  return run.report(walked, "planned", { retiring: await run.lookForRetired(walked) });
}

/** Plan, ask, then do: only what differs is read again, at the moment of acting. */
export async function apply(graph: Graph, options: RunOptions & Confirmable): Promise<Report> {
  const run = startRun(graph, options);
  await run.openAll();
  const planned = await run.converge(false);
  const changes = plannedOf(planned).filter(({ verdict }) => verdict !== "unchanged");
  if (isIncomplete(planned)) return run.report(planned, "not done");
  const retiring = await run.lookForRetired(planned);
  const todo = [...changes, ...retiring.planned];
  if (todo.length === 0) return run.report(planned, "planned", { retiring });
  const asked = options.confirm !== undefined;
  if (asked && !(await options.confirm(todo))) {
    return { ...run.report(planned, "not done", { retiring }), declined: true };
  }
  const done =
    changes.length === 0 ? planned : await run.converge(true, { planned: planned.results, asked });
  const gone = await run.deleteRetired(retiring, !isIncomplete(done));
  return run.report(done, "done", { retiring, gone });
}

function isIncomplete({ failures, skipped }: Walked<unknown>): boolean {
  return failures.size > 0 || skipped.size > 0;
}

interface Before {
  readonly planned: ReadonlyMap<Node, Finding>;
  readonly asked: boolean;
}

/** What a run has in common: its options, open contexts and counts. */
function startRun(graph: Graph, options: RunOptions) {
  const started = options.runtime.clock.now();
  const counter = countCalls(options.runtime);
  const recall = (key: string) => recalled(key);
  const runtime: Runtime = { ...counter.runtime, recall };
  const open = openScopes(runtime);
  for (const { resource, message, path } of graph.warnings) {
    const where = path.map(String).join(".");
    runtime.emit({ type: "warning", message: `${nameOf(resource)}: ${where} ${message}` });
  }
  const lists = ownedLists(options.retire, open, { thorough: options.refresh === "full" });
  const { readInBatch, begin } =
    options.refresh === "full" ? none : batchesOf(graph.nodes, { open, lists });
  const recalled = recallFrom(graph.nodes, { open, readInBatch });
  const converge = (acting: boolean, before?: Before): Promise<Walked<Finding>> => {
    const found = new Map<AnyResource, Finding>();
    const looking: LookOptions = {
      showValues: options.showValues ?? false,
      emit: runtime.emit,
      folder: runtime.folder,
      findingOf: (resource) => found.get(resource),
      open,
      acting,
      ...(acting ? {} : { readInBatch }),
    };
    const visit = async (node: Node): Promise<Finding> => {
      const finding = await visitOne(node, { looking, runtime, before });
      found.set(node.resource, finding);
      return finding;
    };
    runtime.emit(stageOf(graph, before));
    if (!acting) begin();
    return walk(graph.nodes, visit, walkOptions(runtime, options));
  };
  const report = (walked: Walked<Finding>, stage: Stage, retired: Retired = {}): Report =>
    reportOf(walked, { runtime, started, counts: counter.counts(), stage }, retired);
  const openAll = (): Promise<unknown> => Promise.all(graph.nodes.map(open));
  const retire = { runtime, options, open, lists };
  return {
    converge,
    report,
    openAll,
    lookForRetired: (walked: Walked<Finding>) =>
      isIncomplete(walked)
        ? Promise.resolve(nobodyRetires)
        : lookForRetired(graph.nodes, (node) => walked.results.get(node)?.want, retire),
    deleteRetired: (retiring: Retiring, clear: boolean) => deleteRetired(retiring, clear, retire),
  };
}

/** What became of what is no longer declared. */
interface Retired {
  readonly retiring?: Retiring;
  readonly gone?: Walked<void>;
}

function stageOf({ nodes }: Graph, before: Before | undefined): Event {
  if (before === undefined) return { type: "stage", stage: "reading", total: nodes.length };
  const todo = nodes.filter((node) => before.planned.get(node)?.verdict !== "unchanged");
  return { type: "stage", stage: "changing", total: todo.length };
}

/** Each is read by itself. */
const none: Batches = { readInBatch: async () => undefined, begin: () => undefined };

interface Visit {
  readonly looking: LookOptions;
  readonly runtime: Runtime;
  readonly before: Before | undefined;
}

async function visitOne(node: Node, { looking, runtime, before }: Visit): Promise<Finding> {
  const { id, name } = node;
  if (!looking.acting) {
    runtime.emit({ type: "reading", id, name });
    const finding = await look(node, looking);
    const { verdict, changes } = finding;
    runtime.emit({ type: "planned", id, name, verdict, changes });
    return finding;
  }
  const planned = before?.planned.get(node);
  if (planned?.verdict === "unchanged") return planned;
  const confirmed = before?.asked === true ? planned : undefined;
  return act(node, { ...looking, runtime, confirmed });
}

export function walkOptions(runtime: Runtime, { concurrency = 16 }: RunOptions) {
  return { emit: runtime.emit, signal: runtime.signal, concurrency };
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

type Stage = "planned" | "not done" | "done";

function plannedOf(walked: Walked<Finding>): readonly Planned[] {
  return [...walked.results].map(([{ id, name }, { verdict, changes }]) => ({
    id,
    name,
    verdict,
    changes,
  }));
}

interface Facts {
  readonly runtime: Runtime;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly counts: CallCounts;
  readonly stage: Stage;
}

/** Count, say so, and return it. */
function reportOf(
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
