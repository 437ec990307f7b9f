/** One resource's arguments against its schema, and zod's issues in words. */
import * as z from "zod/mini";
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
  const problems = [...dependsOnProblems(resource), ...flagProblems(resource)];
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

function only(schema: z.ZodMiniObject, key: readonly string[]): z.ZodMiniObject {
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

/** `adopt` and `protect`: of what is added; to be owned is not for every kind. */
function flagProblems(resource: AnyResource): readonly Problem[] {
  const { ownership, delete: deleted, noun } = definitionOf(resource);
  const possible = { adopt: ownership !== undefined, protect: deleted !== undefined };
  return (["adopt", "protect"] as const).flatMap((flag) => {
    const given: unknown = resource[flag];
    if (given === undefined) return [];
    if (resource.mode === "get") return [{ path: [flag], message: "is not an argument of get…" }];
    if (typeof given !== "boolean") {
      return [{ path: [flag], message: `must be true or false, got ${shown(given)}` }];
    }
    if (possible[flag] || !given) return [];
    const why = flag === "adopt" ? "no workspace can own" : "nothing deletes";
    return [{ path: [flag], message: `means nothing here: ${why} a ${noun}` }];
  });
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
  if (issue.code === "invalid_key") {
    return issue.issues.map((one) => ({ path, message: requirement(one) }));
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
  const must = requirement(issue);
  if (issue.input === undefined) return [{ path, message: `is missing: it ${must}` }];
  return [{ path, message: `${must}, got ${hidden ?? shown(issue.input)}` }];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function requirement(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${expected(issue.expected)}`;
    case "too_big":
      return sized(issue.origin, "at most", Number(issue.maximum));
    case "too_small":
      return sized(issue.origin, "at least", Number(issue.minimum));
    case "invalid_value":
      return oneOf(issue.values.map(String), issue.input);
    case "invalid_union":
      return issue.message === "Invalid input" ? eitherOf(issue.errors) : issue.message;
    default:
      return issue.message;
  }
}

function oneOf(values: readonly string[], input: unknown): string {
  const named = typeof input === "string" && !values.includes(input);
  const near = named ? nearest(input, values).slice(2) : "";
  // A long list hides what was meant.
  if (near !== "" && values.length > 25) return `is none that there is (${near})`;
  return `must be one of ${values.join(", ")}${near === "" ? "" : ` (${near})`}`;
}

/** `must be at most 900`; of what has a length: `must have at least 2 items`. */
function sized(origin: string, limit: "at least" | "at most", count: number): string {
  const units: Record<string, string> = {
    string: "character",
    array: "item",
    set: "item",
    record: "key",
  };
  const unit = units[origin];
  if (unit === undefined) return `must be ${limit} ${count}`;
  if (limit === "at least" && count === 1) return "must not be empty";
  const many = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return origin === "string" ? `must be ${limit} ${many} long` : `must have ${limit} ${many}`;
}

/** Of a union none of whose branches got anywhere: what each would have been. */
function eitherOf(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  const each = branches.flatMap((issues) => issues.map(requirement));
  const nouns = each.map((text) => text.replace(/^must be /u, ""));
  return `must be ${[...new Set(nouns)].join(" or ")}`;
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
