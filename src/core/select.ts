/** Part of a graph, by the names that people give: `api`, `queue jobs`, `function api (frankfurt)`. */
import { TouchdownError } from "../errors.ts";
import type { Graph, Node } from "./graph.ts";
import { nearestNames } from "./nearest.ts";

/** People name a function without saying that it is one. */
const namedAlone = "aws.lambda.function";

/**
 * The resources that are named; a name without its place means every place it is in.
 *
 * @throws NAME_UNKNOWN
 */
export function namedNodes({ nodes }: Graph, names: readonly string[]): ReadonlySet<Node> {
  const byName = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const name of namesOf(node)) byName.set(name, [...(byName.get(name) ?? []), node]);
  }
  return new Set(
    names.flatMap((name) => byName.get(name) ?? refuseUnknown(name, [...byName.keys()])),
  );
}

/** The named resources and what they need, directly or through others; where none is named, all. */
export function withNeeds(graph: Graph, named: ReadonlySet<Node> | undefined): Graph {
  if (named === undefined) return graph;
  const kept = reached(named, (node) => node.needs);
  const resources = new Set([...kept].map(({ resource }) => resource));
  return {
    nodes: graph.nodes.filter((node) => kept.has(node)),
    warnings: graph.warnings.filter(({ resource }) => resources.has(resource)),
  };
}

/** The named resources and what needs them, directly or through others. */
export function withUsers({ nodes }: Graph, named: ReadonlySet<Node>): ReadonlySet<Node> {
  const users = new Map<Node, Node[]>();
  for (const node of nodes) {
    for (const need of node.needs) users.set(need, [...(users.get(need) ?? []), node]);
  }
  return reached(named, (node) => users.get(node) ?? []);
}

function reached(from: Iterable<Node>, next: (node: Node) => readonly Node[]): ReadonlySet<Node> {
  // A Set is walked in the order in which it grows.
  const all = new Set(from);
  for (const node of all) for (const each of next(node)) all.add(each);
  return all;
}

function namesOf({ name, resource }: Node): ReadonlySet<string> {
  const { scope, definition } = resource;
  const placeless = scope.label === "" ? name : name.slice(0, -` (${scope.label})`.length);
  const alone = definition.type === namedAlone ? [placeless.slice(definition.noun.length + 1)] : [];
  return new Set([name, placeless, ...alone]);
}

function refuseUnknown(name: string, names: readonly string[]): never {
  // A queue's name alone is not enough, and is what one types first.
  const same = names.filter((each) => each.endsWith(` ${name}`));
  const all = new Set([...same, ...nearestNames(name, names, 3)]);
  const near = [...all].slice(0, 3).map((each) => `"${each}"`);
  const meant = near.length === 0 ? "" : `, did you mean ${near.join(" or ")}?`;
  throw new TouchdownError(
    "NAME_UNKNOWN",
    `nothing is named "${name}" in the Touchdownfile${meant}`,
    {
      hint: 'functions go by their names, everything else by what it is and its name: "queue jobs"',
    },
  );
}
