/** Values → text, with refs anywhere inside. What can't be written is reported with its path, before the first call. */
import { canonical } from "./core/canonical.ts";
import { isResource } from "./core/declared.ts";
import { isRef, isTextual, Ref } from "./core/ref.ts";
import type { Input } from "./core/ref.ts";
import { isPlain, refsIn, resolve } from "./core/resolve.ts";
import type { Path } from "./core/resolve.ts";
import { TouchdownError } from "./errors.ts";

type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

type Scalar = string | number | boolean;

interface JsonOptions {
  /** Spaces a level; 0 writes everything on one line. Default 2. */
  readonly indent?: number;
}

export const serializers = {
  /** JSON with sorted keys and a newline at the end; `undefined` members are left out. */
  json: (value: Input<JsonValue>, { indent = 2 }: JsonOptions = {}): Ref<string> =>
    serializer("json", value, jsonProblem, (known) => {
      const sorted: unknown = JSON.parse(canonical(known));
      return `${JSON.stringify(sorted, undefined, indent)}\n`;
    }),

  /** Each item on a line of its own, with a newline at the end of each. */
  lines: (items: Input<readonly Scalar[]>): Ref<string> =>
    serializer("lines", items, scalarsProblem, (known) =>
      (known as Scalar[]).map((item) => `${item}\n`).join(""),
    ),

  /** `a,b,c`. An item with a comma inside is refused. */
  commaSeparated: (items: Input<readonly Scalar[]>): Ref<string> =>
    serializer("commaSeparated", items, commaProblem, (known) => (known as Scalar[]).join(",")),

  /** `format("{}/{}", url, name)`, or `format("{url}/x", { url })`; `{{` and `}}` stand for braces. */
  format: (
    template: string,
    ...values: readonly Input<Scalar | Record<string, Scalar>>[]
  ): Ref<string> =>
    serializer("format", { template, values }, formatProblem, (known) => filled(known as Format)),

  /** Base64 of the UTF-8 text, or of bytes. */
  base64: (value: Input<string> | Uint8Array): Ref<string> =>
    serializer("base64", value, textProblem, (known) =>
      Buffer.from(known as string | Uint8Array).toString("base64"),
    ),

  /** `KEY="value"` lines, sorted by key, quoted so that a shell and dotenv readers agree. */
  env: (values: Input<Readonly<Record<string, Scalar>>>): Ref<string> =>
    serializer("env", values, envProblem, (known) =>
      Object.entries(known as Record<string, Scalar>)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${quoted(String(value))}\n`)
        .join(""),
    ),

  /** One text after the other. */
  append: (...parts: readonly Input<Scalar>[]): Ref<string> =>
    serializer("append", parts, scalarsProblem, (known) => (known as Scalar[]).join("")),
} as const;

/** A problem with a value whose refs are replaced, or stand for themselves; `undefined` is none. */
type FindProblem = (value: unknown) => string | undefined;

function serializer(
  name: string,
  value: unknown,
  findProblem: FindProblem,
  write: (known: unknown) => string,
): Ref<string> {
  const refs = refsIn(value).map(({ ref }) => ref);
  const problem = findProblem(value);
  return new Ref<string>({
    needs: refs.flatMap((ref) => ref.needs),
    label: `serializers.${name}`,
    problems: [
      ...new Set(refs.flatMap((ref) => ref.problems)),
      ...(problem === undefined ? [] : [`serializers.${name}: ${problem}`]),
    ],
    evaluate: (lookup) => {
      const outcome = resolve(value, lookup);
      if (!outcome.known) return outcome;
      const late = findProblem(outcome.value);
      if (late !== undefined) {
        throw new TouchdownError("SERIALIZER", `serializers.${name}: ${late}`);
      }
      return { known: true, value: write(outcome.value) };
    },
  });
}

function jsonProblem(value: unknown): string | undefined {
  return firstProblem(value, [], new Set());
}

function firstProblem(value: unknown, path: Path, above: Set<unknown>): string | undefined {
  if (isDeferred(value)) return undefined;
  const bad = unwritable(value);
  if (bad !== undefined) return `${at(path)} is ${bad}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (above.has(value)) return `${at(path)} contains itself`;
  above.add(value);
  const items: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item])
    : Object.entries(value);
  for (const [key, item] of items) {
    if (item === undefined && !Array.isArray(value)) continue;
    const problem = firstProblem(item, [...path, key], above);
    if (problem !== undefined) return problem;
  }
  above.delete(value);
  return undefined;
}

/** What JSON has no form for, in words. */
function unwritable(value: unknown): string | undefined {
  if (value === undefined) return "undefined";
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "bigint") return `${value}n, a bigint: use a string or a number`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (isResource(value)) return "a resource: use its getProperty(…)";
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) || isPlain(value)) return undefined;
  return `a ${value.constructor.name}: use a string or a plain object`;
}

function isDeferred(value: unknown): boolean {
  return isRef(value) || isTextual(value);
}

function isScalar(value: unknown): value is Scalar {
  return ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
}

function scalarsProblem(value: unknown): string | undefined {
  if (isDeferred(value)) return undefined;
  if (!Array.isArray(value)) return "takes a list";
  const wrong = value.findIndex((item) => !isScalar(item) && !isDeferred(item));
  return wrong < 0 ? undefined : `${at([wrong])} is ${unwritable(value[wrong]) ?? "not text"}`;
}

function commaProblem(value: unknown): string | undefined {
  const problem = scalarsProblem(value);
  if (problem !== undefined || !Array.isArray(value)) return problem;
  const wrong = value.findIndex((item) => typeof item === "string" && item.includes(","));
  return wrong < 0 ? undefined : `${at([wrong])} has a comma inside`;
}

function textProblem(value: unknown): string | undefined {
  const fine = isDeferred(value) || typeof value === "string" || value instanceof Uint8Array;
  return fine ? undefined : `takes text or bytes, not ${unwritable(value) ?? typeof value}`;
}

function envProblem(value: unknown): string | undefined {
  if (isDeferred(value)) return undefined;
  if (!isPlain(value)) return "takes an object of names and values";
  for (const [key, item] of Object.entries(value)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/u.test(key)) return `"${key}" is not a variable's name`;
    if (!isScalar(item) && !isDeferred(item)) return `${key} is ${unwritable(item) ?? "not text"}`;
  }
  return undefined;
}

/** Single quotes: nothing inside is expanded; a quote itself leaves them for one character. */
function quoted(value: string): string {
  return /^[A-Za-z0-9_./:@%+-]*$/u.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

interface Format {
  readonly template: string;
  readonly values: readonly unknown[];
}

const placeholder = /\{\{|\}\}|\{([A-Za-z0-9_]*)\}|[{}]/gu;

function formatProblem(value: unknown): string | undefined {
  const { template, values } = value as Format;
  if (typeof template !== "string") return "takes a template first";
  const { problem } = fill({ template, values });
  return problem;
}

function filled(format: Format): string {
  return fill(format).text;
}

/** Replace each placeholder; `{}` takes the next value, `{name}` a member of the first. */
function fill({ template, values }: Format): { text: string; problem?: string } {
  let next = 0;
  let problem: string | undefined;
  const [first] = values;
  const value = (name: string): unknown => {
    if (name === "") return values[next++];
    if (/^\d+$/u.test(name)) return values[Number(name)];
    return isPlain(first) ? first[name] : undefined;
  };
  const text = template.replace(placeholder, (match, name: string | undefined) => {
    if (match === "{{" || match === "}}") return match.slice(1);
    if (name === undefined) {
      problem ??= `"${template}" has a lone ${match}: write ${match}${match} for the character`;
      return match;
    }
    const found = value(name);
    if (isDeferred(found)) return "";
    if (!isScalar(found)) problem ??= `"${template}" has no value for {${name}}`;
    return String(found);
  });
  if (next > 0 && next < values.length)
    problem ??= `"${template}" uses ${next} of ${values.length} values`;
  return problem === undefined ? { text } : { text, problem };
}

function at(path: Path): string {
  if (path.length === 0) return "the value";
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./u, "");
}
