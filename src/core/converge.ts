/** The one walk behind plan and apply, and the reverse one behind destroy. */
import { act } from "./act.ts";
import { batchesOf } from "./batches.ts";
import type { Batches } from "./batches.ts";
import { recallFrom } from "./recall.ts";
import { countCalls, isIncomplete, plannedAs, reportOf } from "./report.ts";
import type { HowFar, Planned, Report, Retired } from "./report.ts";
import type { Event } from "./events.ts";
import type { Graph, Node } from "./graph.ts";
import { deleteRetired, lookForRetired, nobodyRetires } from "./retire.ts";
import type { Retire, Retiring } from "./retire.ts";
import { look } from "./look.ts";
import type { Finding, LookOptions } from "./look.ts";
import type { AnyResource } from "./declared.ts";
import { nameOf } from "./name.ts";
import { ownedLists } from "./owned-lists.ts";
import type { Runtime } from "./runtime.ts";
import { openScopes } from "./scopes.ts";
import { walk } from "./walk.ts";
import type { Walked } from "./walk.ts";

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

export interface Leaving {
  /**
   * Whether what was planned is left for another run: neither done nor counted. What waits for it must be left too.
   * Asked once of each. Default: nothing is left.
   */
  readonly leaves?: (planned: Planned) => boolean;
}

/** Read everything and say what apply would do. Changes nothing. */
export async function plan(graph: Graph, options: RunOptions): Promise<Report> {
  const run = startRun(graph, options);
  await run.openAll();
  const walked = await run.converge(false);
  return run.report(walked, "planned", { retiring: await run.lookForRetired(walked) });
}

/** Plan, ask, then do: only what differs is read again, at the moment of acting. */
export async function apply(
  graph: Graph,
  options: RunOptions & Confirmable & Leaving,
): Promise<Report> {
  const run = startRun(graph, options);
  await run.openAll();
  const planned = await run.converge(false);
  const { left, changes } = parted(planned, options);
  if (isIncomplete(planned)) return run.report(planned, "not done");
  const retiring = await run.lookForRetired(planned);
  const todo = [...changes, ...retiring.planned];
  if (todo.length === 0) return run.report(planned, "planned", { retiring });
  const asked = options.confirm !== undefined;
  if (asked && !(await options.confirm(todo))) {
    return { ...run.report(planned, "not done", { retiring }), declined: true };
  }
  const done =
    changes.length === 0
      ? planned
      : await run.converge(true, { planned: planned.results, left, asked });
  const gone = await run.deleteRetired(retiring, !isIncomplete(done));
  return run.report(done, "done", { retiring, gone });
}

/** What is left for another run, and what is to be done in this. */
function parted(
  { results }: Walked<Finding>,
  { leaves = () => false }: Leaving,
): { readonly left: ReadonlySet<Node>; readonly changes: readonly Planned[] } {
  const left = new Set<Node>();
  const changes: Planned[] = [];
  for (const [node, finding] of results) {
    const planned = plannedAs(node, finding);
    if (leaves(planned)) left.add(node);
    else if (planned.verdict !== "unchanged") changes.push(planned);
  }
  return { left, changes };
}

/** Whoever needs what is left sees it as it was found. */
function leftAs(before: Before | undefined): readonly [AnyResource, Finding][] {
  return [...(before?.left ?? [])].flatMap((node) => {
    const finding = before?.planned.get(node);
    return finding === undefined ? [] : [[node.resource, finding]];
  });
}

interface Before {
  readonly planned: ReadonlyMap<Node, Finding>;
  readonly left: ReadonlySet<Node>;
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
    const found = new Map<AnyResource, Finding>(leftAs(before));
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
    const nodes = graph.nodes.filter((node) => before?.left.has(node) !== true);
    runtime.emit(stageOf(nodes, before));
    if (!acting) begin();
    return walk(nodes, visit, walkOptions(runtime, options));
  };
  const report = (walked: Walked<Finding>, stage: HowFar, retired: Retired = {}): Report =>
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

function stageOf(nodes: readonly Node[], before: Before | undefined): Event {
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
