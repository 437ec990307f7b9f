/** One resource's arguments against its schema, and zod's issues in words. */
import * as z from "zod";
import { definitionOf } from "./define.ts";
import type { Problem } from "./define.ts";
import { nameOf } from "./name.ts";
import { nearest } from "./nearest.ts";
import { isRef } from "./ref.ts";
import { isResource } from "./declared.ts";
import type { AnyResource } from "./declared.ts";

export interface ParsedArgs {
  /** What the schema made of them; as given where there are problems. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

export function parseArgs(resource: AnyResource): ParsedArgs {
  const { schema, key, secretArgs } = definitionOf(resource);
  const used = resource.mode === "get" ? only(schema, key) : schema;
  const problems = dependsOnProblems(resource);
  const parsed = used.safeParse(resource.args, { reportInput: true });
  if (parsed.success) return { args: parsed.data, problems };
  const found = problemsOf(parsed.error, {
    names: Object.keys(used.shape),
    secret: secretArgs ?? [],
  });
  return { args: resource.args, problems: [...problems, ...found] };
}

interface Words {
  /** The arguments there are. */
  readonly names: readonly string[];
  /** Those whose values no message may show. */
  readonly secret: readonly string[];
}

/** What zod found, in words that name the argument and the value. */
export function problemsOf(
  error: { readonly issues: readonly z.core.$ZodIssue[] },
  { names, secret }: Words,
): readonly Problem[] {
  return error.issues.flatMap((issue) => {
    const hidden = secret.includes(String(issue.path[0])) ? "a value not shown here" : undefined;
    return inWords(issue, names, hidden);
  });
}

function only(schema: z.ZodObject, key: readonly string[]): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(key.map((name) => [name, schema.shape[name] ?? z.never()])),
  );
}

function dependsOnProblems(resource: AnyResource): readonly Problem[] {
  const given: unknown = resource.dependsOn;
  if (!Array.isArray(given)) {
    return [{ path: ["dependsOn"], message: `must be a list of resources, got ${shown(given)}` }];
  }
  return given.flatMap((item: unknown, index) =>
    isResource(item)
      ? []
      : [{ path: ["dependsOn", index], message: `must be a resource, got ${shown(item)}` }],
  );
}

function inWords(
  issue: z.core.$ZodIssue,
  names: readonly string[],
  hidden: string | undefined,
): readonly Problem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = path.length === 0 ? names : [];
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `is not an argument${nearest(key, known)}`,
    }));
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return [{ path, message: `is missing: it must be ${expected(issue.expected)}` }];
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => ({ path, message }));
  }
  if (issue.code === "invalid_union") {
    const [branch] = issue.errors.toSorted((a, b) => depth(b) - depth(a));
    if (branch !== undefined && depth(branch) > 0) {
      return branch.flatMap((one) =>
        inWords({ ...one, path: [...path, ...one.path] }, names, hidden),
      );
    }
  }
  if (issue.code === "custom") return [{ path, message: issue.message }];
  return [{ path, message: `${requirement(issue)}, got ${hidden ?? shown(issue.input)}` }];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function requirement(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${expected(issue.expected)}`;
    case "too_big":
      return issue.origin === "string"
        ? `must be at most ${issue.maximum} characters long`
        : `must be at most ${issue.maximum}${countOf(issue.origin)}`;
    case "too_small":
      return issue.origin === "string"
        ? `must be at least ${issue.minimum} characters long`
        : `must be at least ${issue.minimum}${countOf(issue.origin)}`;
    case "invalid_value":
      return oneOf(issue.values.map(String), issue.input);
    default:
      return issue.message;
  }
}

function oneOf(values: readonly string[], input: unknown): string {
  const near = typeof input === "string" ? nearest(input, values).slice(2) : "";
  // A long list hides what was meant.
  if (near !== "" && values.length > 25) return `is none that there is (${near})`;
  return `must be one of ${values.join(", ")}${near === "" ? "" : ` (${near})`}`;
}

function countOf(origin: string): string {
  return origin === "array" || origin === "set" ? " items" : origin === "record" ? " keys" : "";
}

function expected(type: string): string {
  const words: Record<string, string> = {
    int: "a whole number",
    array: "a list",
    record: "an object",
    object: "an object",
    boolean: "true or false",
  };
  return words[type] ?? `a ${type}`;
}

/** A value in a message: short, and of a ref or resource only its name. */
function shown(value: unknown): string {
  if (isRef(value)) return value.label;
  if (isResource(value)) return nameOf(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol" || typeof value === "bigint") return String(value);
  const text = JSON.stringify(value, (_key, item: unknown) =>
    isRef(item) || isResource(item) ? "…" : item,
  );
  if (text === undefined) return String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
