/** What differs between a resource as declared and as it is, field by field. */
import { TouchdownError } from "../errors.ts";
import { canonical } from "./canonical.ts";
import { definitionOf } from "./define.ts";
import type { Aspect, ErasedDefinition, Field } from "./define.ts";
import type { Change } from "./events.ts";
import type { Outcome } from "./ref.ts";
import { isPlain } from "./resolve.ts";
import { nameOf } from "./name.ts";
import type { AnyResource } from "./declared.ts";
import { unlessSuspended } from "./want.ts";
import type { Want } from "./want.ts";

/** What one aspect has to do. */
export interface AspectDiff {
  readonly aspect: string;
  readonly fields: ReadonlySet<string>;
  readonly changes: readonly Change[];
}

interface DiffOptions {
  readonly showValues: boolean;
}

/**
 * The aspects that have something to do, in order.
 *
 * @throws IMMUTABLE
 */
export function diffAspects(
  resource: AnyResource,
  want: Want,
  have: unknown,
  options: DiffOptions,
): readonly AspectDiff[] {
  const found: AspectDiff[] = [];
  for (const [name, aspect] of Object.entries(definitionOf(resource).aspects)) {
    const diffs = Object.entries(aspect.fields).map(([field, definition]) => ({
      field,
      changes: diffField(resource, { field, definition, want, have }, options),
    }));
    const fields = new Set(diffs.filter((d) => d.changes.length > 0).map((d) => d.field));
    const changes = diffs.flatMap((d) => d.changes);
    const follows = fields.size === 0 ? followed({ name, aspect }, found, want) : undefined;
    if (follows !== undefined) changes.push(follows);
    if (changes.length > 0) found.push({ aspect: name, fields, changes });
  }
  return found;
}

/** What a plan shows of a resource that is not there yet. */
export function changesOfCreate(
  resource: AnyResource,
  want: Want,
  options: DiffOptions,
): readonly Change[] {
  const { args } = resource;
  return fieldsOf(definitionOf(resource))
    .filter(([field, { shownOnCreate }]) => shownOnCreate === true || Object.hasOwn(args, field))
    .flatMap(([field, part]) => {
      const wanted = unlessSuspended(() => part.want(want));
      if (!wanted.known) return [pending(field, part, wanted)];
      if (wanted.value === undefined) return [];
      return compare(field, part, { want: wanted.value, have: undefined }, options);
    });
}

function fieldsOf(definition: ErasedDefinition): [string, Field<Want, unknown>][] {
  return Object.values(definition.aspects).flatMap((aspect) => Object.entries(aspect.fields));
}

/** Whether `after` counts for these arguments; what is not known yet does not stop it. */
export function followsOthers(
  aspect: Aspect<Want, unknown, unknown>,
  want: Want,
  now?: unknown,
): boolean {
  const counts = unlessSuspended(() => aspect.afterIf?.(want, now) ?? true);
  return !counts.known || counts.value;
}

/** The change that `after` alone makes, if one of those it follows has something to do. */
function followed(
  { name, aspect }: { name: string; aspect: Aspect<Want, unknown, unknown> },
  found: readonly AspectDiff[],
  want: Want,
): Change | undefined {
  if (!followsOthers(aspect, want)) return undefined;
  const before = found.filter((diff) => aspect.after?.includes(diff.aspect));
  if (before.length === 0) return undefined;
  const changes = before.flatMap((diff) => diff.changes);
  const sure = changes.some((change) => change.kind !== "pending");
  const needs = [...new Set(changes.flatMap((change) => change.needs ?? []))];
  const action = aspect.afterText ?? "follow up";
  return sure
    ? { field: name, kind: "action", action }
    : { field: name, kind: "pending", action, needs };
}

interface FieldCase {
  readonly field: string;
  readonly definition: Field<Want, unknown>;
  readonly want: Want;
  readonly have: unknown;
}

function diffField(
  resource: AnyResource,
  { field, definition, want, have }: FieldCase,
  options: DiffOptions,
): readonly Change[] {
  const wanted = unlessSuspended(() => definition.want(want, have));
  if (!wanted.known) return [pending(field, definition, wanted)];
  if (wanted.value === undefined) return [];
  const real = declaredPart(definition, wanted.value, definition.have(have));
  const equal = definition.equal ?? same;
  if (equal(wanted.value, real)) return [];
  const changes = compare(field, definition, { want: wanted.value, have: real }, options);
  if (definition.immutable === true) throw immutable(resource, changes);
  return changes.length > 0 ? changes : [{ field, kind: "changed" }];
}

/** What is there, without the keys that are left alone. */
function declaredPart(
  { onlyDeclaredKeys }: Field<Want, unknown>,
  want: unknown,
  have: unknown,
): unknown {
  if (onlyDeclaredKeys !== true || !isPlain(want) || !isPlain(have)) return have;
  return Object.fromEntries(Object.entries(have).filter(([key]) => Object.hasOwn(want, key)));
}

function same(want: unknown, have: unknown): boolean {
  return want === have || canonical(want) === canonical(have);
}

function immutable(resource: AnyResource, changes: readonly Change[]): TouchdownError {
  const [change] = changes;
  const from = change?.old === undefined ? "" : ` from ${change.old} to ${change.new ?? "nothing"}`;
  return new TouchdownError(
    "IMMUTABLE",
    `${nameOf(resource)}: ${change?.field ?? "a value"} can't be changed${from}`,
    { hint: "give it another name, or destroy it first; touchdown never replaces it in silence" },
  );
}

function pending(
  field: string,
  { action }: Field<Want, unknown>,
  outcome: Outcome<unknown>,
): Change {
  const needs = outcome.known ? [] : outcome.needs.map((need) => nameOf(need));
  return { field, kind: "pending", needs, ...(action === undefined ? {} : { action }) };
}

/** One change, or one a key where both sides are objects, such as `environment.FOO`. */
function compare(
  field: string,
  definition: Field<Want, unknown>,
  { want, have }: { want: unknown; have: unknown },
  options: DiffOptions,
): readonly Change[] {
  if (definition.show === undefined && isPlain(want) && (have === undefined || isPlain(have))) {
    const keys = [...new Set([...Object.keys(have ?? {}), ...Object.keys(want)])].toSorted();
    return keys
      .filter((key) => !same(want[key], have?.[key]))
      .map((key) => change(`${field}.${key}`, definition, [have?.[key], want[key]], options));
  }
  return [change(field, definition, [have, want], options)];
}

function change(
  field: string,
  definition: Field<Want, unknown>,
  [old, now]: readonly [unknown, unknown],
  { showValues }: DiffOptions,
): Change {
  const kind = old === undefined ? "added" : now === undefined ? "removed" : "changed";
  const action = definition.action === undefined ? {} : { action: definition.action };
  if (definition.secret === true && !showValues) return { field, kind, secret: true, ...action };
  const show = definition.show ?? brief;
  return {
    field,
    kind,
    ...action,
    ...(old === undefined ? {} : { old: show(old) }),
    ...(now === undefined ? {} : { new: show(now) }),
  };
}

function brief(value: unknown): string {
  const text = typeof value === "string" && value !== "" ? value : canonical(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
