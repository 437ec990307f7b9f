/** First looks at resources that AWS lists: those of one kind and place at once, where that is cheaper. */
import { definitionOf } from "./define.ts";
import type { Read } from "./define.ts";
import type { Scope } from "./declared.ts";
import type { Graph, Node } from "./graph.ts";
import type { OwnedLists } from "./owned-lists.ts";
import { isRef } from "./ref.ts";
import type { Want } from "./want.ts";
import { onBehalfOfMany } from "./whose.ts";

/** What the batch that a node belongs to found of it; `undefined`: it is to be read by itself. */
export type ReadInBatch = (node: Node, want: Want) => Promise<Read<unknown> | undefined>;

type Answer = (want: Want) => Read<unknown> | undefined | Promise<Read<unknown> | undefined>;

export interface Batches {
  readonly readInBatch: ReadInBatch;
  /** Begin to read all of them: by the time that their nodes' turn comes, what those need was read beside. */
  readonly begin: () => void;
}

interface Reading {
  readonly open: (node: Node) => Promise<unknown>;
  /** Where this run lists in any case what the workspace owns: a batch takes from them what they have. */
  readonly lists: OwnedLists | undefined;
}

/**
 * Each batch is read when `begin` is called or the first of its nodes is asked for, and once: what it says is what was so
 * at the beginning, and whoever is about to change something reads again.
 */
export function batchesOf(nodes: Graph["nodes"], { open, lists }: Reading): Batches {
  const groups = groupsOf(nodes);
  const answers = new Map<readonly Node[], Promise<Answer>>();
  const answerTo = (node: Node): Promise<Answer> | undefined => {
    const group = groups.get(node);
    const { readAll } = definitionOf(node.resource);
    const owned = lists?.in(node.resource.scope);
    const { from = 0, fromOwned = from } = readAll ?? {};
    const enough = owned === undefined ? from : fromOwned;
    if (group === undefined || readAll === undefined || group.length < enough) return;
    const wants = group.map(({ args }) => args as never);
    const answer =
      answers.get(group) ??
      onBehalfOfMany(async () => readAll.read(await open(node), wants, owned) as Promise<Answer>);
    answers.set(group, answer);
    return answer;
  };
  return {
    readInBatch: async (node, want) => (await answerTo(node))?.(want),
    begin: () => {
      // who asks for one of its nodes is told what went wrong
      for (const node of groups.keys()) answerTo(node)?.catch(() => undefined);
    },
  };
}

/** By kind and scope. One whose key waits for another resource is in no group. */
function groupsOf(nodes: Graph["nodes"]): ReadonlyMap<Node, readonly Node[]> {
  const scopes = new Map<Scope, Map<string, Node[]>>();
  const groups = new Map<Node, Node[]>();
  for (const node of nodes) {
    const { type, key, readAll } = definitionOf(node.resource);
    if (readAll === undefined || key.some((part) => isRef(node.args[part]))) continue;
    const { scope } = node.resource;
    const kinds = scopes.get(scope) ?? new Map<string, Node[]>();
    scopes.set(scope, kinds);
    const group = kinds.get(type) ?? [];
    kinds.set(type, group);
    group.push(node);
    groups.set(node, group);
  }
  return groups;
}
