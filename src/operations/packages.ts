/** What can be done with a workspace's Python packages alone: build them. Changes nothing on AWS. */
import { apply } from "../core/converge.ts";
import type { RunOptions } from "../core/converge.ts";
import type { Planned, Report } from "../core/report.ts";
import type { Graph, Node } from "../core/graph.ts";
import { withNeeds } from "../core/select.ts";
import { nearest } from "../core/nearest.ts";
import { TouchdownError } from "../errors.ts";
import { pythonPackage } from "../python/package.ts";
import type { PackageProperties } from "../python/package.ts";

/** A package as `build` reports it. */
export interface BuiltPackage {
  /** For people: `package api`. */
  readonly title: string;
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes. */
  readonly unzippedSize: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Base64, as AWS gives it. */
  readonly codeSha256: string;
  /** Whether this run built it. */
  readonly built: boolean;
  /** Why it was built, or was not. */
  readonly reason: string;
  /** Distributions in it whose wheel was compiled on the machine that built it; left out where there are none. */
  readonly compiled?: readonly string[];
}

/** A package that could not be built yet, or, with `check`, is to be. */
export interface UnbuiltPackage {
  readonly title: string;
  readonly name: string;
  readonly reason: string;
}

export interface Builds {
  readonly built: readonly BuiltPackage[];
  /** They hold what something on AWS will have, and are built by `apply`. */
  readonly waiting: readonly UnbuiltPackage[];
  /** With `check`: what would be built. */
  readonly outdated: readonly UnbuiltPackage[];
  readonly report: Report;
}

interface BuildOptions extends RunOptions {
  /** As `package` or function names; empty: all. */
  readonly names: readonly string[];
  /** Look, and build nothing. */
  readonly check: boolean;
  /** Ask AWS for what the packages hold of it. Default: false, AWS is asked nothing. */
  readonly asks?: boolean;
}

/**
 * Build the packages that are not built yet.
 *
 * @throws PACKAGE_UNKNOWN
 */
export async function buildPackages(graph: Graph, options: BuildOptions): Promise<Builds> {
  const wanted = wantedNodes(graph, options.names);
  const nodes =
    options.asks === true ? withNeeds(graph, new Set(wanted)).nodes : withLocalNeeds(wanted);
  const here = new Set(nodes.filter((node) => !isOnAws(node)).map(({ name }) => name));
  const before = new Map<string, Planned>();
  const waits = new Set<string>();
  const leaves = (planned: Planned): boolean => {
    const { id, name } = planned;
    before.set(id, planned);
    if (needsOf(planned).some((need) => !here.has(need))) {
      waits.add(id);
      here.delete(name);
    }
    return options.check || !here.has(name);
  };
  const report = await apply({ nodes, warnings: graph.warnings }, { ...options, leaves });
  const shown = wanted.map((node) => ({ node, planned: before.get(node.id) }));
  return {
    built: shown.flatMap(({ node, planned: was }) => builtOf(node, { report, was })),
    waiting: shown.flatMap(({ node, planned: was }) =>
      waits.has(node.id) ? [unbuilt(node, was)] : [],
    ),
    outdated: shown.flatMap(({ node, planned: was }) =>
      isToBeDone(was) && !waits.has(node.id) ? [unbuilt(node, was)] : [],
    ),
    report,
  };
}

/** The names of what a package must wait for before it can be looked at. */
function needsOf({ verdict, changes }: Planned): readonly string[] {
  return verdict === "pending" ? changes.flatMap(({ needs = [] }) => needs) : [];
}

function isToBeDone(planned: Planned | undefined): boolean {
  return planned !== undefined && planned.verdict !== "unchanged";
}

/** The packages of these names, or all. @throws PACKAGE_UNKNOWN */
export function wantedNodes({ nodes }: Graph, names: readonly string[]): readonly Node[] {
  const packages = nodes.filter(isPackage);
  if (names.length === 0) return packages;
  const byName = new Map<string, Node[]>();
  const call = (name: string, node: Node): void => {
    byName.set(name, [...(byName.get(name) ?? []), node]);
  };
  for (const node of packages) call(labelOf(node), node);
  for (const node of nodes.filter(isFunction)) {
    for (const need of node.needs.filter(isPackage)) {
      if (labelOf(need) !== node.args["name"]) call(String(node.args["name"]), need);
    }
  }
  const found = names.flatMap(
    (name) =>
      byName.get(name) ?? packagesOf(nodes, name) ?? refuseUnknown(name, [...byName.keys()]),
  );
  return [...new Set(found)];
}

export function isFunction({ resource }: Node): boolean {
  return resource.definition.type === "aws.lambda.function";
}

/** By what it is and its name: `function api`, `package api`. */
function packagesOf(nodes: readonly Node[], name: string): readonly Node[] | undefined {
  const named = nodes.filter((node) => node.name === name);
  const found = named.flatMap((node) => (isPackage(node) ? [node] : node.needs.filter(isPackage)));
  return found.length === 0 ? undefined : found;
}

function refuseUnknown(name: string, names: readonly string[]): never {
  const hint =
    names.length === 0 ? "the Touchdownfile has no packages" : `there are ${names.join(", ")}`;
  throw new TouchdownError(
    "PACKAGE_UNKNOWN",
    `there is no package "${name}"${nearest(name, names)}`,
    { hint },
  );
}

/** With what they need on this machine: files and commands of bundles. */
function withLocalNeeds(nodes: readonly Node[]): readonly Node[] {
  const all = new Set<Node>();
  const visit = (node: Node): void => {
    if (all.has(node)) return;
    for (const need of node.needs) if (!isOnAws(need)) visit(need);
    all.add(node);
  };
  for (const node of nodes) visit(node);
  return [...all];
}

function builtOf(
  node: Node,
  { report, was }: { report: Report; was: Planned | undefined },
): readonly BuiltPackage[] {
  const property = <P extends keyof PackageProperties>(name: P) =>
    report.property(node.id, name) as PackageProperties[P] | undefined;
  const path = property("Path");
  if (path === undefined) return [];
  const built = was?.verdict !== "unchanged";
  const compiled = property("Compiled") ?? [];
  return [
    {
      title: node.name,
      name: labelOf(node),
      path,
      size: property("Size") ?? 0,
      unzippedSize: property("UnzippedSize") ?? 0,
      sha256: property("Sha256") ?? "",
      codeSha256: property("CodeSha256") ?? "",
      built,
      reason: built ? reasonOf(was) : "unchanged",
      ...(compiled.length === 0 ? {} : { compiled }),
    },
  ];
}

function unbuilt(node: Node, was: Planned | undefined): UnbuiltPackage {
  return { title: node.name, name: labelOf(node), reason: reasonOf(was) };
}

/** `src/app.py changed`; `needs queue jobs`. */
function reasonOf(planned: Planned | undefined): string {
  const [last] = (planned?.changes ?? []).toReversed();
  if (last?.needs !== undefined && last.needs.length > 0) return `needs ${last.needs.join(", ")}`;
  return last?.new ?? "";
}

function isOnAws({ resource }: Node): boolean {
  return resource.definition.type.startsWith("aws.");
}

function isPackage({ resource }: Node): boolean {
  return resource.definition.type === pythonPackage.type;
}

function labelOf({ args }: Node): string {
  return String(args["label"]);
}
