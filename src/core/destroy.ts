/** Delete what is declared with add…, dependents before what they depend on. */
import { batchesOf } from "./batches.ts";
import { definitionOf } from "./define.ts";
import type { Confirmable, RunOptions } from "./converge.ts";
import type { Planned, Report } from "./report.ts";
import { walkOptions } from "./converge.ts";
import { countCalls, finish, withGone } from "./report.ts";
import type { Graph, Node } from "./graph.ts";
import { keptOf } from "./kept.ts";
import { deleteRetired, lookForRetired, nobodyRetires } from "./retire.ts";
import type { Lookup } from "./ref.ts";
import type { AnyResource } from "./declared.ts";
import { TouchdownError } from "../errors.ts";
import { ownedLists } from "./owned-lists.ts";
import type { OwnedLists } from "./owned-lists.ts";
import type { Runtime } from "./runtime.ts";
import { warnOfOwner } from "./ownership.ts";
import { openScopes } from "./scopes.ts";
import { withNeeds, withUsers } from "./select.ts";
import { walk } from "./walk.ts";
import type { Walked } from "./walk.ts";
import { unlessSuspended, wantOf } from "./want.ts";
import type { Want } from "./want.ts";

/** A resource as found; `have` is undefined if it is not there or takes no part. */
interface Found {
  readonly want: Want;
  readonly have: unknown;
}

export interface DestroyOptions extends RunOptions, Confirmable {
  /** Delete these alone. Default: everything. */
  readonly named?: ReadonlySet<Node>;
}

/**
 * Read, ask, then delete in reverse order. What is gone already is fine; what was got, and files of
 * bundles, are left.
 *
 * @throws NEEDED where some are named, and others that are there need them
 */
export async function destroy(graph: Graph, options: DestroyOptions): Promise<Report> {
  const { named = new Set(graph.nodes) } = options;
  const started = options.runtime.clock.now();
  const { runtime, counts } = countCalls(options.runtime);
  const open = openScopes(runtime);
  const touched = withNeeds(graph, withUsers(graph, named)).nodes;
  const taking = touched.filter((node) => definitionOf(node.resource).delete !== undefined);
  await Promise.all(taking.map(open));
  const lists = ownedLists(options.retire, open, { thorough: true });
  const read = await readAll(taking, { runtime, open, options, lists });
  const kept = keptOf(taking, (node) => read.results.get(node)?.have);
  sayWhatIsLeft(named, runtime, kept);
  const there = taking.filter((node) => named.has(node) && doomed(node, read) && !kept.has(node));
  const others = new Set(taking.filter((node) => !named.has(node) && doomed(node, read)));
  for (const node of there) refuseNeeded(node, graph, others);
  for (const node of there) {
    const { have } = read.results.get(node) ?? {};
    warnOfOwner(node, have, { emit: runtime.emit, does: "deletes" });
  }
  const blocked = read.failures.size > 0 || read.skipped.size > 0;
  const retire = { runtime, options, open, lists };
  const retiring = blocked
    ? nobodyRetires
    : await lookForRetired(graph.nodes, (node) => read.results.get(node)?.want, retire);
  const declared = there.toReversed().map((node) => planOf(node));
  for (const each of declared) runtime.emit({ type: "planned", ...each });
  const planned = [...retiring.planned, ...declared];
  const facts = () => ({ runtime, started, counts: counts(), stage: "done" as const });
  const none = { planned, created: 0, updated: 0, deleted: 0, unchanged: 0 };
  const { shown } = retiring;
  if (blocked || planned.length === 0) return { ...finish(read, facts(), none), undeclared: shown };
  if (options.confirm !== undefined && !(await options.confirm(planned))) {
    return { ...finish(read, facts(), none), undeclared: shown, declined: true };
  }
  // First, as a file that is no longer declared may be in the way of its bucket.
  const undeclared = await deleteRetired(retiring, true, retire);
  const gone = await deleteAll(there, { runtime, open, options, read, all: graph.nodes });
  const deleted = undeclared.results.size + gone.results.size;
  const report = finish(withGone(gone, undeclared), facts(), { ...none, deleted });
  return { ...report, undeclared: shown };
}

interface Run {
  readonly runtime: Runtime;
  readonly open: (node: Node) => Promise<unknown>;
  readonly options: RunOptions;
}

function readAll(
  nodes: readonly Node[],
  { runtime, open, options, lists }: Run & { readonly lists: OwnedLists | undefined },
): Promise<Walked<Found>> {
  const found = new Map<AnyResource, Found>();
  const { readInBatch } = batchesOf(nodes, { open, lists });
  const lookup: Lookup = (resource, property) => {
    const have = found.get(resource)?.have;
    if (have === undefined) return { known: false, needs: [resource] };
    return { known: true, value: definitionOf(resource).properties[property]?.(have) };
  };
  const visit = async (node: Node): Promise<Found> => {
    const definition = definitionOf(node.resource);
    runtime.emit({ type: "reading", id: node.id, name: node.name });
    const want = wantOf(node.args, lookup);
    const known = definition.key.every((part) => unlessSuspended(() => want[part]).known);
    const listed = known ? await readInBatch(node, want) : undefined;
    const read = async (): Promise<unknown> => definition.read(await open(node), want as never);
    const have = listed !== undefined ? listed.have : known ? await read() : undefined;
    found.set(node.resource, { want, have });
    runtime.emit({ type: "read", id: node.id, name: node.name });
    return { want, have };
  };
  runtime.emit({ type: "stage", stage: "reading", total: nodes.length });
  return walk(nodes, visit, walkOptions(runtime, options));
}

function deleteAll(
  nodes: readonly Node[],
  { runtime, open, options, read, all }: Run & { read: Walked<Found>; all: readonly Node[] },
): Promise<Walked<void>> {
  const visit = async (node: Node): Promise<void> => {
    const { id, name } = node;
    const started = runtime.clock.now();
    runtime.emit({ type: "started", id, name, verdict: "delete" });
    const { want, have } = read.results.get(node) ?? { want: {}, have: undefined };
    await definitionOf(node.resource).delete?.(await open(node), have, want as never);
    const elapsedMs = runtime.clock.now() - started;
    runtime.emit({ type: "finished", id, name, verdict: "delete", changes: [], elapsedMs });
  };
  runtime.emit({ type: "stage", stage: "deleting", total: nodes.length });
  const before = usersAmong(all, new Set(nodes));
  return walk(nodes, visit, { ...walkOptions(runtime, options), before });
}

/** For a node, those of `nodes` that need it, directly or through others that are not among them. */
function usersAmong(all: readonly Node[], nodes: ReadonlySet<Node>): (node: Node) => Node[] {
  const users = new Map<Node, Set<Node>>();
  for (const user of all.toReversed()) {
    const waits = nodes.has(user) ? [user] : (users.get(user) ?? []);
    for (const need of user.needs) {
      const known = users.get(need) ?? new Set();
      for (const each of waits) known.add(each);
      users.set(need, known);
    }
  }
  return (node) => [...(users.get(node) ?? [])];
}

function doomed(node: Node, read: Walked<Found>): boolean {
  return node.resource.mode === "add" && read.results.get(node)?.have !== undefined;
}

function planOf({ id, name }: Node): Planned {
  return {
    id,
    name,
    verdict: "delete",
    changes: [{ field: "delete", kind: "action", action: "delete" }],
  };
}

/** Nobody is left without what they need because of a name that was forgotten. */
function refuseNeeded(node: Node, graph: Graph, others: ReadonlySet<Node>): void {
  const users = [...withUsers(graph, new Set([node]))].filter((user) => others.has(user));
  if (users.length === 0) return;
  const names = users.map(({ name }) => name);
  const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const are = users.length === 1 ? "which is" : "which are";
  throw new TouchdownError(
    "NEEDED",
    `${node.name} is needed by ${shown.join(", ")}, ${are} there`,
    {
      hint: `name ${users.length === 1 ? "it" : "them"} too, or destroy everything by naming nothing`,
    },
  );
}

function sayWhatIsLeft(
  named: ReadonlySet<Node>,
  { emit }: Runtime,
  kept: ReadonlyMap<Node, string>,
): void {
  for (const node of named) {
    const { id, name, resource } = node;
    const because =
      resource.mode === "get"
        ? "it was only referred to, and stays"
        : (kept.get(node) ?? definitionOf(resource).leaves);
    if (because !== undefined) emit({ type: "left", id, name, because });
  }
}
