/** The graph as Graphviz's dot, or as Mermaid. */
import type { Graph, Node } from "../core/graph.ts";

/** A place, and what is declared in it, in the order of the graph. */
interface Cluster {
  readonly label: string;
  readonly nodes: readonly Node[];
}

/** Arrows go from what is needed to what needs it: the order of an apply. */
export function dotText(graph: Graph): string {
  const ids = numbered(graph);
  const lines = clustersOf(graph).flatMap(({ label, nodes }, index) => [
    `  subgraph cluster_${index} {`,
    `    label=${quoted(label)}; style="rounded"; color="#9aa4b2"; fontcolor="#5b6675";`,
    ...nodes.map((node) => `    ${ids.get(node) ?? ""} ${dotNode(node)};`),
    "  }",
  ]);
  const edges = edgesOf(graph).map(([from, to]) => `  ${ids.get(from)} -> ${ids.get(to)};`);
  return [
    "digraph touchdown {",
    '  rankdir=LR; newrank=true; labeljust=l; fontname="sans-serif"; fontsize=11;',
    '  node [shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#4a6fa5", fontname="sans-serif", fontsize=11];',
    '  edge [color="#5b6675", arrowsize=0.7];',
    ...lines,
    ...edges,
    "}",
    "",
  ].join("\n");
}

function dotNode({ resource, name }: Node): string {
  const { noun } = resource.definition;
  const label = quoted(`${noun}\n${name.slice(noun.length + 1)}`);
  // What is only referred to is drawn as not ours.
  return resource.mode === "get"
    ? `[label=${label}, style="rounded,dashed", fillcolor="white"]`
    : `[label=${label}]`;
}

export function mermaidText(graph: Graph): string {
  const ids = numbered(graph);
  const lines = clustersOf(graph).flatMap(({ label, nodes }, index) => [
    `  subgraph place${index}["${mermaidSafe(label)}"]`,
    ...nodes.map(({ name }, at) => `    ${ids.get(nodes[at] as Node)}["${mermaidSafe(name)}"]`),
    "  end",
  ]);
  const edges = edgesOf(graph).map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`);
  return ["flowchart LR", ...lines, ...edges, ""].join("\n");
}

function numbered(graph: Graph): ReadonlyMap<Node, string> {
  return new Map(graph.nodes.map((node, index) => [node, `n${index}`]));
}

/** Edges that follow from others are left out, so that the picture shows each way once. */
function edgesOf(graph: Graph): readonly (readonly [Node, Node])[] {
  return graph.nodes.flatMap((node) =>
    node.needs
      .filter(
        (need) => !node.needs.some((other) => other !== need && reaches(other, need, new Set())),
      )
      .map((need) => [need, node] as const),
  );
}

function reaches(from: Node, to: Node, seen: Set<Node>): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  return from.needs.some((need) => need === to || reaches(need, to, seen));
}

function clustersOf(graph: Graph): readonly Cluster[] {
  const places = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    const { scope, definition } = node.resource;
    const label = scope.label === "" ? (definition.type.split(".")[0] ?? "") : scope.label;
    places.set(label, [...(places.get(label) ?? []), node]);
  }
  return [...places].map(([label, nodes]) => ({ label, nodes }));
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function mermaidSafe(text: string): string {
  return text.replaceAll('"', "#quot;");
}
