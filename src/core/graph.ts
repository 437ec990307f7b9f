/** Declared resources → a checked graph, or everything that is wrong with them, at once. */
import { InvalidTouchdownfile, TouchdownError } from "../errors.ts";
import { dependenciesOf, findCycle } from "./edges.ts";
import { definitionOf } from "./define.ts";
import type { Place, Problem } from "./define.ts";
import { parseArgs } from "./parse-args.ts";
import { refsIn, refsOf } from "./resolve.ts";
import type { AnyResource } from "./declared.ts";
import { isResource } from "./declared.ts";
import { problemsOfMoved } from "./moved.ts";
import { idOf, nameOf } from "./name.ts";
import { marked } from "./ownership.ts";
import { problemsOfChecks, wantOf } from "./want.ts";

/** A resource that passed its checks, with the arguments its schema made of the user's. */
export interface Node {
  readonly resource: AnyResource;
  readonly id: string;
  readonly name: string;
  /** Defaults filled in, handles turned into refs, and whose it is. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly needs: readonly Node[];
}

export interface Graph {
  /** Dependencies before dependents, otherwise as declared. */
  readonly nodes: readonly Node[];
  readonly warnings: readonly Found[];
}

/** A problem and whose it is. */
export interface Found extends Problem {
  readonly resource: AnyResource;
}

/**
 * Check the whole declaration and put it in order.
 *
 * @param earlier  what is wrong with what is no resource, such as an account
 * @param place    default: the folder that the process runs in
 * @throws InvalidTouchdownfile with all problems: ARGUMENT, DUPLICATE, CYCLE
 */
export async function buildGraph(
  resources: readonly AnyResource[],
  earlier: readonly TouchdownError[] = [],
  place: Place = { folder: process.cwd() },
): Promise<Graph> {
  const errors: TouchdownError[] = [
    ...earlier,
    ...duplicates(resources),
    ...problemsOfMoved(resources),
  ];
  const warnings: Found[] = [];
  const parsed = new Map<AnyResource, Readonly<Record<string, unknown>>>();
  for (const resource of resources) {
    const result = parseArgs(resource);
    const found = [...result.problems, ...refProblems(resource, result.args)];
    if (found.length === 0) found.push(...(await checked(resource, result.args, place)));
    for (const problem of found) {
      if (problem.severity === "warning") warnings.push({ ...problem, resource });
      else errors.push(asError(resource, problem));
    }
    parsed.set(resource, found.length === 0 ? marked(resource, result.args) : result.args);
  }
  const cycle = errors.length === 0 ? findCycle(resources, parsed) : undefined;
  if (cycle !== undefined) errors.push(cycleError(cycle));
  if (errors.length > 0) throw new InvalidTouchdownfile(errors);
  return { nodes: inOrder(resources, parsed), warnings };
}

/** A problem as a person reads it: `function f: timeout must be at most 900, got 901`. */
export function asError(resource: AnyResource, problem: Problem): TouchdownError {
  const where = problem.path.map(String).join(".");
  const message = `${nameOf(resource)}: ${where === "" ? "" : `${where} `}${problem.message}`;
  return new TouchdownError(
    problem.code ?? "ARGUMENT",
    message,
    problem.hint === undefined ? {} : { hint: problem.hint },
  );
}

async function checked(
  resource: AnyResource,
  args: Readonly<Record<string, unknown>>,
  place: Place,
): Promise<readonly Problem[]> {
  if (resource.mode === "get") return [];
  return problemsOfChecks(
    definitionOf(resource),
    wantOf(args, (need) => ({ known: false, needs: [need] })),
    place,
  );
}

function refProblems(
  resource: AnyResource,
  args: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  const seen = new Set<string>();
  const parsed = args === resource.args ? [] : refsOf(args);
  return [...refsIn(resource.args), ...parsed].flatMap(({ ref, path }) =>
    ref.problems
      .filter((problem) => !seen.has(problem) && seen.add(problem))
      .map((message) => ({ path, message: `is wrong: ${message}` })),
  );
}

function duplicates(resources: readonly AnyResource[]): TouchdownError[] {
  const seen = new Map<string, AnyResource>();
  return resources.flatMap((resource) => {
    const { definition, args } = resource;
    if (definition.key.some((part) => args[part] === undefined)) return [];
    const id = idOf(resource);
    const first = seen.get(id);
    seen.set(id, first ?? resource);
    if (first === undefined || (first.mode === "get" && resource.mode === "get")) return [];
    const both = first.mode === resource.mode;
    return [
      new TouchdownError(
        "DUPLICATE",
        both
          ? `${nameOf(resource)} is declared twice`
          : `${nameOf(resource)} is both declared with add… and referred to with get…`,
        {
          hint:
            first.scope === resource.scope
              ? "keep what the first add… returned in a variable and use that"
              : 'if they are in different accounts or regions, name those: addAws({ name: "other", … })',
        },
      ),
    ];
  });
}

function cycleError(cycle: readonly AnyResource[]): TouchdownError {
  const names = cycle.map((resource) => nameOf(resource));
  return new TouchdownError("CYCLE", `these need each other: ${names.join(" → ")}`, {
    hint: "remove one of the references or dependsOn between them",
  });
}

function inOrder(
  resources: readonly AnyResource[],
  parsed: ReadonlyMap<AnyResource, Readonly<Record<string, unknown>>>,
): Node[] {
  const nodes = new Map<AnyResource, Node>();
  const visit = (resource: AnyResource): Node => {
    const known = nodes.get(resource);
    if (known !== undefined) return known;
    const args = parsed.get(resource) ?? {};
    const needs = dependenciesOf(resource, args).map((need) => visit(need));
    const node = { resource, id: idOf(resource), name: nameOf(resource), args, needs };
    nodes.set(resource, node);
    return node;
  };
  for (const resource of resources) if (isResource(resource)) visit(resource);
  return [...nodes.values()];
}
