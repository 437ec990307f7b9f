/** What is never deleted although it is declared, and why. */
import type { Node } from "./graph.ts";
import { foreignOwner, markIn } from "./ownership.ts";

/**
 * Those that another workspace owns, those that are protected, and what these need. Words that follow the name.
 *
 * @param haveOf  as read; undefined of one that is not there
 */
export function keptOf(
  nodes: readonly Node[],
  haveOf: (node: Node) => unknown,
): ReadonlyMap<Node, string> {
  const kept = new Map<Node, string>();
  const shielding: Node[] = [];
  const keepNeeds = (node: Node, of: Node): void => {
    for (const need of node.needs) {
      if (kept.has(need)) continue;
      kept.set(need, `${of.name} needs it, and is protected`);
      keepNeeds(need, of);
    }
  };
  for (const node of nodes) {
    const have = haveOf(node);
    const foreign = have === undefined ? undefined : foreignOwner(node.resource, have);
    if (foreign !== undefined) kept.set(node, `it belongs to workspace ${foreign}, and stays`);
  }
  for (const node of nodes) {
    const why = protection(node, haveOf(node));
    if (why === undefined) continue;
    kept.set(node, `${why}, and stays`);
    shielding.push(node);
  }
  for (const node of shielding) keepNeeds(node, node);
  return kept;
}

/** One that the declaration protects no more is protected until an apply has said so to it. */
function protection({ resource }: Node, have: unknown): string | undefined {
  if (have === undefined) return undefined;
  if (resource.protect === true) return "it is protected";
  const lasts = resource.owner !== undefined && markIn(resource, have)?.protect === true;
  return lasts ? "it is protected until the next apply" : undefined;
}
