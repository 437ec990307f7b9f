/** What is deployed tells a machine that never made it what it would make: nothing is built to find that nothing changed. */
import type { Deployed } from "./artifact.ts";
import type { ReadInBatch } from "./batches.ts";
import { definitionOf } from "./define.ts";
import type { Graph, Node } from "./graph.ts";
import { isRef } from "./ref.ts";
import { wantOf } from "./want.ts";

interface Reading {
  readonly open: (node: Node) => Promise<unknown>;
  readonly readInBatch: ReadInBatch;
}

/** @returns  what looks a key up; the first time it reads every resource that may know one */
export function recallFrom(
  nodes: Graph["nodes"],
  reading: Reading,
): (key: string) => Promise<Deployed | undefined> {
  let known: Promise<ReadonlyMap<string, Deployed>> | undefined;
  return async (key) => (await (known ??= readKnown(nodes, reading))).get(key);
}

async function readKnown(
  nodes: Graph["nodes"],
  reading: Reading,
): Promise<ReadonlyMap<string, Deployed>> {
  const knowing = nodes.filter(({ resource, args }) => {
    const { recalls, key } = definitionOf(resource);
    return recalls !== undefined && !key.some((part) => isRef(args[part]));
  });
  const found = await Promise.all(knowing.map((node) => recalledBy(node, reading)));
  return new Map(found.flatMap((each) => (each === undefined ? [] : [[each.key, each.deployed]])));
}

async function recalledBy(node: Node, { open, readInBatch }: Reading) {
  const { resource, args } = node;
  const definition = definitionOf(resource);
  const want = wantOf(args, (other) => ({ known: false, needs: [other] }));
  const read = await readInBatch(node, want);
  const have =
    read === undefined
      ? await definition.read((await open(node)) as never, want as never)
      : read.have;
  return have === undefined ? undefined : definition.recalls?.(have);
}
