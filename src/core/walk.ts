/** Visit a graph: dependencies first, independent nodes at once up to a limit, failures contained. */
import { TouchdownError } from "../errors.ts";
import type { Scope } from "./declared.ts";
import { definitionOf } from "./define.ts";
import type { Emit, Failure } from "./events.ts";
import type { Node } from "./graph.ts";
import { limit } from "./limit.ts";
import { onBehalfOf } from "./whose.ts";

export interface WalkOptions {
  readonly emit: Emit;
  /** Aborted: nothing new starts, what runs is waited for. */
  readonly signal: AbortSignal;
  /** How many visits run at a time, beside those of scopes that have a number of their own. */
  readonly concurrency: number;
  /** Who must be visited before a node. Default: what it needs. */
  readonly before?: (node: Node) => readonly Node[];
}

export interface Walked<T> {
  readonly results: ReadonlyMap<Node, T>;
  readonly failures: ReadonlyMap<Node, Error>;
  /** Not tried, and why in a person's words. */
  readonly skipped: ReadonlyMap<Node, string>;
}

/** Visit every node whose predecessors were visited without failure. Never throws for a visit. */
export async function walk<T>(
  nodes: readonly Node[],
  visit: (node: Node) => Promise<T>,
  options: WalkOptions,
): Promise<Walked<T>> {
  const results = new Map<Node, T>();
  const failures = new Map<Node, Error>();
  const skipped = new Map<Node, string>();
  const among = new Set(nodes);
  const within = limitsOf(options.concurrency);
  const before = options.before ?? ((node: Node) => node.needs);
  const started = new Map<Node, Promise<void>>();

  const attempt = async (node: Node, predecessors: readonly Node[]): Promise<void> => {
    const because = options.signal.aborted
      ? whyStopped(options.signal)
      : predecessors.filter((each) => !results.has(each)).map((each) => each.name)[0];
    if (because !== undefined) {
      skipped.set(node, because);
      options.emit({ type: "skipped", id: node.id, name: node.name, because });
      return;
    }
    try {
      const { callsNobody } = definitionOf(node.resource);
      // following whose a call is takes time with every promise
      const visited = callsNobody === true ? visit(node) : onBehalfOf(node, () => visit(node));
      results.set(node, await visited);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      failures.set(node, failure);
      options.emit({ type: "failed", id: node.id, name: node.name, error: asFailure(failure) });
    }
  };
  const start = (node: Node): Promise<void> => {
    const known = started.get(node);
    if (known !== undefined) return known;
    const predecessors = before(node).filter((each) => among.has(each));
    const work = Promise.all(predecessors.map(start)).then(() =>
      within(node.resource.scope)(() => attempt(node, predecessors)),
    );
    started.set(node, work);
    return work;
  };
  await Promise.all(nodes.map(start));
  return { results, failures, skipped };
}

/** A run is stopped by a person, or because of something that it says itself. */
function whyStopped({ reason }: AbortSignal): string {
  return reason instanceof TouchdownError ? reason.message : "the run was interrupted";
}

/** Those of a scope that says how many, and one for all that say nothing. */
function limitsOf(concurrency: number): (scope: Scope) => ReturnType<typeof limit> {
  const shared = limit(concurrency);
  const own = new Map<Scope, ReturnType<typeof limit>>();
  return (scope) => {
    if (scope.atOnce === undefined) return shared;
    const known = own.get(scope) ?? limit(scope.atOnce);
    own.set(scope, known);
    return known;
  };
}

export function asFailure(error: Error): Failure {
  if (!(error instanceof TouchdownError)) return { code: "BUG", message: error.message };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
