/** Make one resource as declared: create what is missing, then every aspect that still differs. */
import { definitionOf } from "./define.ts";
import { TouchdownError } from "../errors.ts";
import type { Change } from "./events.ts";
import { followsOthers } from "./diff.ts";
import { look, readAgain } from "./look.ts";
import type { Finding, LookOptions } from "./look.ts";
import type { Node } from "./graph.ts";
import type { Outcome } from "./ref.ts";
import type { Runtime } from "./runtime.ts";
import { until } from "./until.ts";

export interface ActOptions extends LookOptions {
  readonly runtime: Runtime;
  /** What the plan said of it, where a person confirmed that. */
  readonly confirmed: Finding | undefined;
}

/** Reads lag behind creates on an eventually consistent service; this is how long they may. */
const visible = { everyMs: 1_000, atMostMs: 60_000 };

/**
 * Read again, then act on what differs now.
 *
 * @returns what was done, and the resource as it is
 * @throws PLAN_STALE, and whatever the definition throws
 */
export async function act(node: Node, options: ActOptions): Promise<Finding> {
  const started = options.runtime.clock.now();
  const found = await look(node, options);
  if (options.confirmed !== undefined) refuseStale(node, options.confirmed, found);
  const { id, name } = node;
  const { verdict, changes } = found;
  if (verdict === "pending") throw new Error(`${name} was to be acted on before what it needs`);
  if (verdict === "unchanged") {
    options.emit({ type: "finished", id, name, verdict, changes, elapsedMs: 0 });
    return found;
  }
  options.emit({ type: "started", id, name, verdict });
  const created = verdict === "create" ? await create(node, found, options) : found;
  const settled = await applyAspects(node, created, options);
  const elapsedMs = options.runtime.clock.now() - started;
  options.emit({ type: "finished", id, name, verdict, changes, elapsedMs });
  const { properties } = definitionOf(node.resource);
  const property = (property: string): Outcome<unknown> => ({
    known: true,
    value: properties[property]?.(settled.have),
  });
  return { ...settled, verdict, changes, property };
}

async function create(node: Node, found: Finding, options: ActOptions): Promise<Finding> {
  const definition = definitionOf(node.resource);
  const context = await options.open(node);
  await definition.create?.(context, found.want as never);
  return until(
    options.runtime,
    `${node.name} to be there after it was created`,
    async () => {
      const again = await readAgain(node, found.want, options);
      return again.have === undefined ? undefined : again;
    },
    visible,
  );
}

async function applyAspects(node: Node, found: Finding, options: ActOptions): Promise<Finding> {
  const context = await options.open(node);
  const applied = new Set<string>();
  let now = found;
  for (const [name, aspect] of Object.entries(definitionOf(node.resource).aspects)) {
    const diff = now.aspects.find((each) => each.aspect === name);
    const after = aspect.after?.some((each) => applied.has(each)) ?? false;
    const follows = after && followsOthers(aspect, now.want, now.have);
    if (diff === undefined && !follows) continue;
    const fields = diff?.fields ?? new Set<string>();
    await aspect.apply(context, { want: now.want as never, have: now.have, fields });
    applied.add(name);
    now = await readAgain(node, found.want, { ...options, before: now.have });
    if (now.have === undefined) throw vanished(node);
  }
  return now;
}

function vanished(node: Node): TouchdownError {
  return new TouchdownError("MISSING", `${node.name} was deleted while it was being changed`, {
    hint: "run the same command again: it will be created",
  });
}

/** What was confirmed must be what is done; what was pending then is free now. */
function refuseStale(node: Node, planned: Finding, found: Finding): void {
  const changed = staleness(planned, found);
  if (changed === undefined) return;
  throw new TouchdownError("PLAN_STALE", `${node.name} changed since the plan: ${changed}`, {
    hint: "run the same command again to see what is to be done now",
  });
}

/** What is to be done now and was not shown, in words. */
function staleness(planned: Finding, found: Finding): string | undefined {
  if (planned.verdict === "pending") return undefined;
  const other = found.verdict !== "unchanged" && found.verdict !== planned.verdict;
  if (other) return `the plan was to ${planned.verdict}, now it is to ${found.verdict}`;
  // `will be written (needs queue myqueue)` leaves open what with.
  if (planned.changes.some(({ kind, needs }) => kind === "action" && needs !== undefined))
    return undefined;
  const free = new Set(planned.changes.filter(({ kind }) => kind === "pending").map(rootOf));
  const before = comparable(planned.changes, free);
  const now = comparable(found.changes, free);
  const fresh = now.find(({ text }) => !before.some((each) => each.text === text));
  if (fresh !== undefined) return `${fresh.change.field} is ${fresh.change.old ?? "different"} now`;
  const gone = before.find(({ text }) => !now.some((each) => each.text === text));
  return gone === undefined ? undefined : `${gone.change.field} is no longer as it was`;
}

/** Without what was left open, and without actions, which follow from the others. */
function comparable(changes: readonly Change[], free: ReadonlySet<string>) {
  return changes
    .filter((change) => change.kind !== "action" && !free.has(rootOf(change)))
    .map((change) => ({ change, text: JSON.stringify(change) }));
}

function rootOf({ field }: Change): string {
  return field.split(".")[0] ?? field;
}
