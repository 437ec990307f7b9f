/** What is never deleted although it is declared, and why. */
import type { Node } from "./graph.ts";
import { foreignOwner } from "./ownership.ts";

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
  const there = nodes.filter(
    (node) => haveOf(node) !== undefined && node.resource.protect === true,
  );
  for (const node of there) kept.set(node, "it is protected, and stays");
  for (const node of there) keepNeeds(node, node);
  return kept;
}
