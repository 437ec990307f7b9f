/** One resource, read and compared: what the plan says of it, and what refs to it give meanwhile. */
import { TouchdownError } from "../errors.ts";
import type { ReadInBatch } from "./batches.ts";
import { changesOfCreate, diffAspects } from "./diff.ts";
import type { AspectDiff } from "./diff.ts";
import { definitionOf } from "./define.ts";
import type { Problem } from "./define.ts";
import type { Change, Emit, Verdict } from "./events.ts";
import { asError } from "./graph.ts";
import type { Node } from "./graph.ts";
import type { Lookup, Outcome } from "./ref.ts";
import type { AnyResource } from "./declared.ts";
import { idOf, nameOf } from "./name.ts";
import { inWords, refuseForeign, unmarked, wantedOf, warnOfOwner } from "./ownership.ts";
import { problemsOf } from "./parse-args.ts";
import { refsOf } from "./resolve.ts";
import { knownArgs, problemsOfChecks, unlessSuspended, wantOf } from "./want.ts";
import type { Want } from "./want.ts";

/** What is known of a resource in this run. */
export interface Finding {
  readonly verdict: Verdict;
  readonly changes: readonly Change[];
  readonly aspects: readonly AspectDiff[];
  readonly want: Want;
  /** As read; `undefined` if it is not there or could not be looked at. */
  readonly have: unknown;
  /** What a ref to it gives. */
  readonly property: (name: string) => Outcome<unknown>;
}

export interface LookOptions {
  readonly showValues: boolean;
  readonly emit: Emit;
  /** The Touchdownfile's. */
  readonly folder: string;
  /** The findings of what it depends on. */
  readonly findingOf: (resource: AnyResource) => Finding | undefined;
  readonly open: (node: Node) => Promise<unknown>;
  /** What it depends on has been done, not only planned. */
  readonly acting: boolean;
  /** For first looks. */
  readonly readInBatch?: ReadInBatch;
}

/**
 * Read a resource and compare it, or say why that must wait. Changes nothing.
 *
 * @throws ARGUMENT, IMMUTABLE, MISSING, and whatever its `read` throws
 */
export async function look(node: Node, options: LookOptions): Promise<Finding> {
  const { resource } = node;
  const definition = definitionOf(resource);
  const want = wantOf(node.args, lookupIn(options));
  if (unsettled(node, options)) return pendingFinding(node, want, options);
  const parts = definition.readsAll === true ? Object.keys(node.args) : definition.key;
  const key = parts.map((part) => unlessSuspended(() => want[part]));
  const unknown = key.flatMap((part) => (part.known ? [] : part.needs));
  if (unknown.length > 0) {
    // A file of a bucket that is not there is not there either.
    const made = unknown.every((need) => options.findingOf(need)?.verdict === "create");
    return made && resource.mode === "add" && definition.create !== undefined
      ? absent(node, want, options)
      : pendingFinding(node, want, options);
  }
  if (resource.mode === "add") await checkKnown(node, want, options);
  const read = await options.readInBatch?.(node, want);
  if (read === undefined) return readAgain(node, want, options);
  const finding = foundAs(node, { want, have: read.have }, options);
  // all that will be done is to be shown
  const more = finding.verdict === "update" && definition.readAll?.partial === true;
  return more ? readAgain(node, want, options) : finding;
}

/**
 * Read and compare, without the checks that `look` has made.
 *
 * @param options.before  as it was before the aspect that was applied
 */
export async function readAgain(
  node: Node,
  want: Want,
  options: LookOptions & { readonly before?: unknown },
): Promise<Finding> {
  const { read } = definitionOf(node.resource);
  const have = await read((await options.open(node)) as never, want as never, options.before);
  return foundAs(node, { want, have }, options);
}

function foundAs(
  node: Node,
  { want, have }: { want: Want; have: unknown },
  options: LookOptions,
): Finding {
  return have === undefined ? absent(node, want, options) : present(node, { want, have }, options);
}

function present(
  node: Node,
  { want: declared, have }: { want: Want; have: unknown },
  { showValues, emit }: LookOptions,
): Finding {
  const { resource } = node;
  refuseForeign(resource, have);
  const want = wantedOf(resource, declared, have);
  const aspects = resource.mode === "get" ? [] : diffAspects(resource, want, have, { showValues });
  if (aspects.length > 0) warnOfOwner(node, have, { emit, does: "changes" });
  const definition = definitionOf(resource);
  const affected = new Set(
    aspects.flatMap(({ aspect }) => definition.aspects[aspect]?.affects ?? []),
  );
  return {
    verdict: aspects.length === 0 ? "unchanged" : "update",
    changes: inWords(
      resource,
      aspects.flatMap(({ changes }) => changes),
      have,
    ),
    aspects,
    want,
    have,
    property: (name) =>
      affected.has(name)
        ? { known: false, needs: [resource] }
        : { known: true, value: definition.properties[name]?.(have) },
  };
}

function absent(node: Node, want: Want, { showValues }: LookOptions): Finding {
  const { resource } = node;
  if (resource.mode === "get") {
    throw new TouchdownError("MISSING", `${node.name} does not exist`, {
      hint: `create it, or declare it with add… in the Touchdownfile`,
    });
  }
  return {
    verdict: "create",
    changes: createChanges(
      node,
      inWords(resource, changesOfCreate(resource, want, { showValues }), undefined),
    ),
    aspects: [],
    want,
    have: undefined,
    property: () => ({ known: false, needs: [resource] }),
  };
}

/** `create`, then what with; or `will be written (needs queue myqueue)`, in one line. */
function createChanges(node: Node, changes: readonly Change[]): readonly Change[] {
  const { createText } = definitionOf(node.resource);
  if (createText === undefined)
    return [{ field: "create", kind: "action", action: "create" }, ...changes];
  const needs = [...new Set(changes.flatMap((change) => change.needs ?? []))];
  const waits = needs.length === 0 ? {} : { needs };
  return [
    { field: createText, kind: "action", action: createText, ...waits },
    ...changes.filter(({ kind }) => kind !== "pending"),
  ];
}

/** Can't be looked at before something else is done. */
function pendingFinding(node: Node, want: Want, { findingOf }: LookOptions): Finding {
  const { resource, needs } = node;
  const text = definitionOf(resource).pendingText ?? "may change";
  const open = needs.filter((need) => findingOf(need.resource)?.verdict !== "unchanged");
  const waits = open.map((need) => need.name);
  return {
    verdict: "pending",
    changes: [{ field: text, kind: "pending", action: text, needs: waits }],
    aspects: [],
    want,
    have: undefined,
    property: () => ({ known: false, needs: [resource] }),
  };
}

/** Something it must wait for before looking is still to be done. */
function unsettled(node: Node, { findingOf, acting }: LookOptions): boolean {
  const { looksLast = false } = definitionOf(node.resource);
  if (acting || looksLast === false) return false;
  return node.needs.some(({ resource }) => {
    const verdict = findingOf(resource)?.verdict;
    if (verdict === undefined || verdict === "unchanged") return false;
    const { looksLast: unforeseeable = false } = definitionOf(resource);
    return looksLast === true || verdict === "pending" || unforeseeable === true;
  });
}

function lookupIn({ findingOf }: LookOptions): Lookup {
  return (resource, property) =>
    findingOf(resource)?.property(property) ?? { known: false, needs: [resource] };
}

/** The checks again, and the schema where some refs have values now. */
async function checkKnown(node: Node, want: Want, options: LookOptions): Promise<void> {
  const { resource } = node;
  const issues = refsOf(node.args).length > 0 ? issuesOf(node, want) : [];
  const checked = await problemsOfChecks(definitionOf(resource), want, options);
  for (const problem of [...issues, ...checked]) {
    const error = asError(resource, problem);
    if (problem.severity !== "warning") throw error;
    options.emit({
      type: "warning",
      message: error.message,
      id: idOf(resource),
      name: nameOf(resource),
    });
  }
}

function issuesOf({ resource, args }: Node, want: Want): readonly Problem[] {
  const { schema, secretArgs = [] } = definitionOf(resource);
  const known = unmarked(resource, { ...args, ...knownArgs(want).known });
  const parsed = schema.safeParse(known, { reportInput: true });
  return parsed.success ? [] : problemsOf(parsed.error, { names: [], secret: secretArgs });
}
