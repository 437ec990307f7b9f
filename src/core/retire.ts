/** What is to go because it is declared no more, or under another name now. Deleted last, if all else went well. */
import { TouchdownError } from "../errors.ts";
import type { AnyResource, Scope } from "./declared.ts";
import { definitionOf } from "./define.ts";
import type { Change } from "./events.ts";
import type { Node } from "./graph.ts";
import { limit } from "./limit.ts";
import { asFailure, walk } from "./walk.ts";
import type { Walked } from "./walk.ts";
import { markIn } from "./ownership.ts";
import type { Runtime } from "./runtime.ts";
import type { OwnedLists } from "./owned-lists.ts";
import { findUndeclared, formerNames } from "./undeclared.ts";
import type { Candidate } from "./undeclared.ts";
import type { Want } from "./want.ts";
import { onBehalfOf } from "./whose.ts";

/** What a run does about what the workspace owns and no longer declares. */
export interface Retire {
  /** The workspace's name. */
  readonly owner: string;
  /** Where to look. */
  readonly scopes: readonly Scope[];
  /** Default `ignore`, which asks nobody. What was renamed goes in any case. */
  readonly undeclared?: "ignore" | "show" | "delete";
  /** Delete also what holds data. Default: false. */
  readonly data?: boolean;
}

/** Something that goes, or would go. */
export interface Leaver {
  readonly id: string;
  readonly name: string;
  /** Why it does not go by itself: `it is protected`. */
  readonly kept?: string;
  /** What it holds, where that is why: `its files`. */
  readonly holds?: string;
}

interface Deletion {
  readonly id: string;
  readonly name: string;
  readonly verdict: "delete";
  readonly changes: readonly Change[];
}

export interface Retiring {
  /** What is to be deleted. */
  readonly planned: readonly Deletion[];
  /** What is declared no more and stays, for now or for good. */
  readonly shown: readonly Leaver[];
  readonly nodes: readonly Node[];
}

/** How many are read or deleted at a time. */
const atOnce = 16;

export const nobodyRetires: Retiring = { planned: [], shown: [], nodes: [] };

export interface RetireRun {
  readonly runtime: Runtime;
  readonly options: { readonly retire?: Retire; readonly concurrency?: number };
  readonly open: (of: { readonly resource: Pick<AnyResource, "scope"> }) => Promise<unknown>;
  /** Undefined where what is no longer declared is not asked for. */
  readonly lists: OwnedLists | undefined;
}

/**
 * Look what there is. Every hint is confirmed by the resource's own read, and by its mark there.
 *
 * @param wantOf  the arguments of a declared resource, as far as this run knows them
 */
export async function lookForRetired(
  nodes: readonly Node[],
  wantOf: (node: Node) => Want | undefined,
  run: RetireRun,
): Promise<Retiring> {
  const { retire } = run.options;
  if (retire === undefined) return nobodyRetires;
  const former = formerNames(nodes, { retire, wantOf });
  const undeclared = retire.undeclared ?? "ignore";
  const found = await hintsOf(nodes, wantOf, run);
  const known = new Set(former.map(({ node }) => node.id));
  const candidates = inOrder([...former, ...found.filter(({ node }) => !known.has(node.id))]);
  const within = limit(run.options.concurrency ?? atOnce);
  const looked = await Promise.all(
    candidates.map((each) => within(() => onBehalfOf(each.node, () => lookAt(each, retire, run)))),
  );
  const there = looked.filter((each) => each !== undefined);
  const going = there.filter(({ leaver, candidate }) => {
    const asked = candidate.successor !== undefined || undeclared === "delete";
    return asked && leaver.kept === undefined;
  });
  for (const { leaver, candidate } of there) say(leaver, candidate, { run, retire });
  const planned = going.map(({ candidate }) => planOf(candidate));
  for (const each of planned) run.runtime.emit({ type: "planned", ...each });
  return {
    planned,
    shown: there
      .filter((each) => each.candidate.successor === undefined && !going.includes(each))
      .map(({ leaver }) => leaver),
    nodes: going.map(({ candidate }) => candidate.node),
  };
}

/** As they will go, then by name: whose answer comes first must not be seen. */
function inOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted(
    ({ node: a }, { node: b }) => turnOf(a) - turnOf(b) || (a.name < b.name ? -1 : 1),
  );
}

/** While it is only to be shown, not to find it is no reason to stop. */
async function hintsOf(
  nodes: readonly Node[],
  wantOf: (node: Node) => Want | undefined,
  run: RetireRun,
): Promise<readonly Candidate[]> {
  const { options, lists, open } = run;
  const { retire } = options;
  if (retire === undefined || lists === undefined) return [];
  try {
    return await findUndeclared(nodes, { retire, wantOf, lists, open });
  } catch (error) {
    if (retire.undeclared === "delete" || !(error instanceof TouchdownError)) throw error;
    const message = `what is no longer declared was not looked for: ${asFailure(error).message}`;
    run.runtime.emit({ type: "warning", message });
    return [];
  }
}

async function lookAt(
  candidate: Candidate,
  { owner, data = false }: Retire,
  { open }: RetireRun,
): Promise<{ candidate: Candidate; leaver: Leaver } | undefined> {
  const { node, successor } = candidate;
  const { id, name } = node;
  const have = await readOf(node, await open(node));
  if (have === undefined) return undefined;
  const mark = markIn(node.resource, have);
  if (mark?.owner !== owner) {
    if (successor === undefined) return undefined;
    const whose = mark === undefined ? "no workspace" : `workspace ${mark.owner}`;
    return { candidate, leaver: { id, name, kept: `${whose} owns it` } };
  }
  if (mark.protect) return { candidate, leaver: { id, name, kept: "it is protected" } };
  const holds = definitionOf(node.resource).data?.held(have);
  if (holds === undefined || data) return { candidate, leaver: { id, name } };
  return { candidate, leaver: { id, name, kept: `it holds ${holds}`, holds } };
}

function readOf({ resource, args }: Node, context: unknown): Promise<unknown> {
  return definitionOf(resource).read(context, args as never);
}

/** What is shown alone is said by who shows it. */
function say(
  { id, name, kept, holds }: Leaver,
  { successor }: Candidate,
  { run, retire }: { readonly run: RetireRun; readonly retire: Retire },
): void {
  const { emit } = run.runtime;
  if (successor === undefined && retire.undeclared !== "delete") {
    return emit({
      type: "undeclared",
      id,
      name,
      ...(kept === undefined ? {} : { kept }),
      ...(holds === undefined ? {} : { holds }),
    });
  }
  if (kept === undefined) return;
  const why =
    successor === undefined ? "it is no longer declared" : `${successor.name} took its place`;
  const mend = holds === undefined ? "" : "; --prune-data deletes it too";
  emit({ type: "left", id, name, because: `${why}, but ${kept}, and it stays${mend}` });
}

function planOf({ node: { id, name }, successor }: Candidate): Deletion {
  const why =
    successor === undefined ? "it is no longer declared" : `${successor.name} takes its place`;
  const action = `delete: ${why}`;
  return { id, name, verdict: "delete", changes: [{ field: "delete", kind: "action", action }] };
}

/**
 * Delete, each once those are gone whose turn is before its own; read once more at that moment.
 *
 * @param clear  everything before went well; otherwise nothing is tried
 */
export async function deleteRetired(
  { nodes }: Retiring,
  clear: boolean,
  { runtime, options, open }: RetireRun,
): Promise<Walked<void>> {
  if (nodes.length === 0) return { results: new Map(), failures: new Map(), skipped: new Map() };
  if (!clear) return skipAll(nodes, runtime);
  const visit = async (node: Node): Promise<void> => {
    const { id, name, resource } = node;
    const started = runtime.clock.now();
    runtime.emit({ type: "started", id, name, verdict: "delete" });
    const context = await open(node);
    const have = await readOf(node, context);
    if (have !== undefined) {
      refuseChanged(node, have, options.retire);
      const definition = definitionOf(resource);
      await definition.delete?.(context, have, {
        ...node.args,
        ...definition.data?.deletedWith,
      } as never);
    }
    const elapsedMs = runtime.clock.now() - started;
    runtime.emit({ type: "finished", id, name, verdict: "delete", changes: [], elapsedMs });
  };
  runtime.emit({ type: "stage", stage: "deleting", total: nodes.length });
  const { signal, emit } = runtime;
  const before = turnsOf(nodes);
  return walk(nodes, visit, { signal, emit, concurrency: options.concurrency ?? atOnce, before });
}

function skipAll(nodes: readonly Node[], { emit }: Runtime): Walked<void> {
  const because = "not everything before it went well";
  for (const { id, name } of nodes) emit({ type: "skipped", id, name, because });
  return {
    results: new Map(),
    failures: new Map(),
    skipped: new Map(nodes.map((node) => [node, because])),
  };
}

function turnOf({ resource }: Node): number {
  return resource.scope.owned?.turnOf(resource.definition.type) ?? 0;
}

/** For a node, those whose turn comes just before its own. */
function turnsOf(nodes: readonly Node[]): (node: Node) => readonly Node[] {
  const turns = [...new Set(nodes.map(turnOf))].toSorted((a, b) => a - b);
  return (node) => {
    const last = turns[turns.indexOf(turnOf(node)) - 1];
    return nodes.filter((each) => turnOf(each) === last);
  };
}

/** @throws PLAN_STALE if it is another's, protected, or holds data that it did not hold */
function refuseChanged({ name, resource }: Node, have: unknown, retire: Retire | undefined): void {
  const mark = markIn(resource, have);
  const holds = definitionOf(resource).data?.held(have);
  const now =
    mark?.owner !== retire?.owner
      ? "belongs to this workspace no more"
      : mark?.protect === true
        ? "is protected now"
        : holds !== undefined && retire?.data !== true
          ? `holds ${holds} now`
          : undefined;
  if (now === undefined) return;
  throw new TouchdownError("PLAN_STALE", `${name} ${now}`, {
    hint: "run the same command again to see what is to be done now",
  });
}
