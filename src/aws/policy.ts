/** Policy documents, declared by anyone and compared by what they mean. */
import { canonical } from "../core/canonical.ts";
import type { Field } from "../core/define.ts";
import { orRef } from "../core/input.ts";
import { policySchema } from "./policy-schema.ts";

/** A policy as an object, refs anywhere inside, or as JSON. */
export const policyArgument = orRef(() => policySchema);

/** A policy document, as text or as what it parses to. */
export type Policy = string | object;

/** A policy as AWS takes it: as it was declared. */
export function policyJson(policy: Policy): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}

/**
 * One form for all policies that mean the same: lists sorted and never single values, `*` for every
 * AWS principal, an account in place of its root, conditions as strings.
 *
 * @source IAM user guide, JSON policy elements reference
 */
export function normalPolicy(policy: Policy | undefined): Readonly<Record<string, unknown>> {
  if (policy === undefined || policy === "") return {};
  const document = objectOf(typeof policy === "string" ? JSON.parse(policy) : policy);
  const { Version = "2008-10-17", Statement, ...rest } = document;
  const statements = listOf(Statement).map((each) => normalStatement(objectOf(each)));
  return { ...rest, Version, Statement: sorted(statements) };
}

/** Whether two policies allow and deny the same. */
export function samePolicy(one: Policy | undefined, other: Policy | undefined): boolean {
  return canonical(normalPolicy(one)) === canonical(normalPolicy(other));
}

/** A field that compares policies; absent is none. */
export function policyField<Want, Have>(sides: {
  readonly want: (want: Want) => Policy | undefined;
  readonly have: (have: Have) => Policy | undefined;
}): Field<Want, Have> {
  return {
    want: (want) => normalPolicy(sides.want(want)),
    have: (have) => normalPolicy(sides.have(have)),
  };
}

type Json = Readonly<Record<string, unknown>>;

function normalStatement({ Sid, ...statement }: Json): Json {
  const entries = Object.entries(statement).map(([name, value]) => [name, normalPart(name, value)]);
  return { ...(Sid === undefined || Sid === "" ? {} : { Sid }), ...Object.fromEntries(entries) };
}

function normalPart(name: string, value: unknown): unknown {
  switch (name) {
    case "Action":
    case "NotAction":
      return sorted(listOf(value).map((action) => String(action).toLowerCase()));
    case "Resource":
    case "NotResource":
      return sorted(listOf(value));
    case "Principal":
    case "NotPrincipal":
      return normalPrincipal(value);
    case "Condition":
      return mapValues(objectOf(value), (operands) => normalOperands(objectOf(operands)));
    default:
      return value;
  }
}

function normalPrincipal(value: unknown): Json {
  if (value === "*") return { AWS: ["*"] };
  return mapValues(objectOf(value), (names) =>
    sorted(
      listOf(names).map((name) =>
        String(name).replace(/^arn:aws[a-z-]*:iam::(\d{12}):root$/u, "$1"),
      ),
    ),
  );
}

/** Condition keys are not case-sensitive; their values are compared as text. */
function normalOperands(operands: Json): Json {
  const entries = Object.entries(operands);
  return Object.fromEntries(
    entries.map(([key, values]) => [key.toLowerCase(), sorted(listOf(values).map(String))]),
  );
}

function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

/** In one order, each once. */
function sorted(values: readonly unknown[]): readonly unknown[] {
  const byText = new Map(values.map((value) => [canonical(value), value]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
