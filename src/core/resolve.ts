/** Walk a value that may hold refs anywhere: collect them, or replace them by what they stand for. */
import { asText, isRef, isTextual } from "./ref.ts";
import type { Lookup, Outcome, Ref } from "./ref.ts";
import type { AnyResource } from "./declared.ts";

export type Path = readonly (string | number)[];

/** Whether to look inside: arrays and plain objects only, so that bytes and handles stay whole. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Every ref inside `value`, with where it stands. A value that contains itself is walked once. */
export function refsIn(value: unknown): { ref: Ref<unknown>; path: Path }[] {
  const found: { ref: Ref<unknown>; path: Path }[] = [];
  const seen = new Set<unknown>();
  // Where the visit is; copied only where there is a ref.
  const path: (string | number)[] = [];
  const enter = (key: string | number, item: unknown): void => {
    path.push(key);
    visit(item);
    path.pop();
  };
  const visit = (item: unknown): void => {
    if (typeof item !== "object" || item === null) return;
    if (isRef(item)) found.push({ ref: item, path: [...path] });
    else if (isTextual(item)) found.push({ ref: item[asText](), path: [...path] });
    else if (!seen.has(item)) {
      seen.add(item);
      if (Array.isArray(item)) item.forEach((each: unknown, index) => enter(index, each));
      else if (isPlain(item)) for (const key of Object.keys(item)) enter(key, item[key]);
    }
  };
  visit(value);
  return found;
}

/** The refs in arguments that nobody changes any more: looked for once. */
export function refsOf(args: Readonly<Record<string, unknown>>): ReturnType<typeof refsIn> {
  const known = found.get(args) ?? refsIn(args);
  found.set(args, known);
  return known;
}

const found = new WeakMap<object, ReturnType<typeof refsIn>>();

/** `value` with every ref inside replaced, or all the resources it still waits for. */
export function resolve(value: unknown, lookup: Lookup): Outcome<unknown> {
  if (isRef(value)) return value.evaluate(lookup);
  if (isTextual(value)) return value[asText]().evaluate(lookup);
  if (Array.isArray(value)) return all(value.map((item) => resolve(item, lookup)));
  if (!isPlain(value)) return { known: true, value };
  const keys = Object.keys(value);
  const outcome = all(keys.map((key) => resolve(value[key], lookup)));
  if (!outcome.known) return outcome;
  return { known: true, value: Object.fromEntries(keys.map((key, i) => [key, outcome.value[i]])) };
}

/** All values, or everything that any of them waits for. */
export function all(outcomes: readonly Outcome<unknown>[]): Outcome<unknown[]> {
  const needs = new Set<AnyResource>();
  for (const outcome of outcomes) {
    if (!outcome.known) for (const need of outcome.needs) needs.add(need);
  }
  if (needs.size > 0) return { known: false, needs: [...needs] };
  return {
    known: true,
    value: outcomes.flatMap((outcome) => (outcome.known ? [outcome.value] : [])),
  };
}
