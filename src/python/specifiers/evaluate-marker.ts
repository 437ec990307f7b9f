import { TouchdownError } from "../../errors.ts";
import type { Marker, MarkerComparison, MarkerVariable } from "./marker.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { parseSpecifier, satisfies } from "./specifier.ts";

/** What the variables of a marker are. A variable left out is not known. */
export type MarkerEnvironment = {
  readonly [Name in Exclude<MarkerVariable, SetVariable | "extra">]?: string;
} & {
  /** The extra whose requirements are being read, or, where a lock has one marker for all, the extras asked for. */
  readonly extra?: string | ReadonlySet<string>;
} & { readonly [Name in SetVariable]?: ReadonlySet<string> } & {
  /** Told where a later patch of Python would decide otherwise: which one a Lambda function has is known from below only. */
  readonly onPatch?: (doubt: string) => void;
};

type SetVariable = "extras" | "dependency_groups";

const versionVariables: ReadonlySet<MarkerVariable> = new Set([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);

/**
 * Whether the marker is true in an environment. What is not known matters only where the answer depends on it.
 *
 * @param options.place  what the message begins with: the file, and where in it
 * @throws MARKER where it can't be told
 * @source PyPA “Dependency specifiers”, “Environment markers”
 */
export function evaluateMarker(
  marker: Marker,
  environment: MarkerEnvironment,
  options: { readonly place: string },
): boolean {
  if (environment.onPatch !== undefined) tellOfPatches(marker, environment, options);
  const unknown: MarkerComparison[] = [];
  const answer = evaluate(marker, (comparison) => {
    const truth = compare(comparison, environment, options.place);
    if (truth === undefined) unknown.push(comparison);
    return truth;
  });
  if (answer !== undefined) return answer;
  const [first] = unknown;
  const message = `${options.place}: the marker depends on ${first?.variable ?? "a variable"}, which is not known for a Lambda function`;
  throw new TouchdownError("MARKER", message, {
    hint: "lock again with a marker that does not need it",
  });
}

function tellOfPatches(
  marker: Marker,
  { onPatch, ...environment }: MarkerEnvironment,
  options: { readonly place: string },
): void {
  const { python_full_version: full = "" } = environment;
  const [, minor = "", patch = ""] = /^(3\.\d+)\.(\d+)$/.exec(full) ?? [];
  const named = comparisonsIn(marker).flatMap(({ variable, value }) => {
    const isOne = variable === "python_full_version" || variable === "implementation_version";
    const [, later = "", itsPatch = ""] = /^(3\.\d+)\.(\d+)/.exec(value) ?? [];
    return isOne && later === minor && Number(itsPatch) > Number(patch) ? [Number(itsPatch)] : [];
  });
  if (named.length === 0) return;
  const isTrueFor = (version: string): boolean =>
    evaluateMarker(
      marker,
      { ...environment, python_full_version: version, implementation_version: version },
      options,
    );
  const now = isTrueFor(full);
  const laterOnes = named.flatMap((each) => [each, each + 1]).toSorted((a, b) => a - b);
  const other = laterOnes.find((each) => isTrueFor(`${minor}.${each}`) !== now);
  if (other === undefined) return;
  onPatch?.(
    `${options.place} is ${now} for Python ${full}, which Lambda's python${minor} has reached; for ${minor}.${other} it would be ${!now}`,
  );
}

function comparisonsIn(marker: Marker): readonly MarkerComparison[] {
  return marker.kind === "compare" ? [marker] : marker.parts.flatMap(comparisonsIn);
}

/** Three-valued: `undefined` is “not known”, and false and not known is false. */
function evaluate(
  marker: Marker,
  answer: (comparison: MarkerComparison) => boolean | undefined,
): boolean | undefined {
  if (marker.kind === "compare") return answer(marker);
  const decisive = marker.kind === "or";
  const answers = marker.parts.map((part) => evaluate(part, answer));
  if (answers.includes(decisive)) return decisive;
  return answers.includes(undefined) ? undefined : !decisive;
}

function compare(
  comparison: MarkerComparison,
  environment: MarkerEnvironment,
  place: string,
): boolean | undefined {
  const { variable, operator, value, variableFirst } = comparison;
  const real: string | ReadonlySet<string> | undefined = environment[variable];
  if (real === undefined) return undefined;
  if (typeof real !== "string") return isIn(comparison, real, place);
  const text = variable === "extra" ? normalizeName(value) : value;
  const mine = variable === "extra" ? normalizeName(real) : real;
  const [left, right] = variableFirst ? [mine, text] : [text, mine];
  const specifier = versionVariables.has(variable) ? parseSpecifier(operator + right) : undefined;
  if (specifier !== undefined) return satisfies(left, [specifier]);
  switch (operator) {
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    case "==":
    case "<=":
    case ">=":
      return left === right;
    case "!=":
      return left !== right;
    // texts have no order
    case "<":
    case ">":
      return false;
    case "~=":
    case "===":
      throw undefinedComparison(comparison, place);
  }
}

/** `"a" in extras`, and, where there is one set for the variable `extra`, `extra == "a"`. */
function isIn(comparison: MarkerComparison, set: ReadonlySet<string>, place: string): boolean {
  const { variable, operator, value, variableFirst } = comparison;
  const wanted = normalizeName(value);
  const found = [...set].some((name) => normalizeName(name) === wanted);
  const [yes, no] = variable === "extra" ? ["==", "!="] : ["in", "not in"];
  if (operator === yes && (variable === "extra" || !variableFirst)) return found;
  if (operator === no && (variable === "extra" || !variableFirst)) return !found;
  throw undefinedComparison(comparison, place);
}

function undefinedComparison(comparison: MarkerComparison, place: string): TouchdownError {
  const { variable, operator, value, variableFirst } = comparison;
  const quoted = JSON.stringify(value);
  const [left, right] = variableFirst ? [variable, quoted] : [quoted, variable];
  return new TouchdownError(
    "MARKER",
    `${place}: the marker ${left} ${operator} ${right} compares what can't be compared in this way`,
  );
}
