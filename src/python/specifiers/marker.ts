import { TouchdownError } from "../../errors.ts";
import { Scanner, SyntaxProblem } from "./scanner.ts";

/** A condition on the machine a distribution is for, such as `python_version < "3.11"`. */
export type Marker =
  | { readonly kind: "and" | "or"; readonly parts: readonly Marker[] }
  | MarkerComparison;

export interface MarkerComparison {
  readonly kind: "compare";
  readonly variable: MarkerVariable;
  readonly operator: MarkerOperator;
  readonly value: string;
  /** Whether the variable is on the left. `"a" in extras` and `extra == "a"` differ. */
  readonly variableFirst: boolean;
}

export type MarkerOperator = "===" | "==" | "~=" | "!=" | "<=" | ">=" | "<" | ">" | "in" | "not in";

const variables = [
  "python_version",
  "python_full_version",
  "os_name",
  "sys_platform",
  "platform_release",
  "platform_system",
  "platform_version",
  "platform_machine",
  "platform_python_implementation",
  "implementation_name",
  "implementation_version",
  "extra",
  "extras",
  "dependency_groups",
] as const;

export type MarkerVariable = (typeof variables)[number];

/**
 * Read a marker, whole.
 *
 * @param options.place  what the message begins with: the file, and where in it
 * @throws MARKER
 * @source PyPA “Dependency specifiers”, grammar; PEP 751 for `extras` and `dependency_groups`
 */
export function parseMarker(text: string, options: { readonly place: string }): Marker {
  try {
    const scanner = new Scanner(text);
    const marker = readMarker(scanner);
    if (!scanner.atEnd) throw scanner.expected("`and`, `or` or the end");
    return marker;
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const message = `${options.place}: ${JSON.stringify(text)} is not an environment marker: ${error.message}`;
    throw new TouchdownError("MARKER", message);
  }
}

/** Read as much of the text as is a marker. `and` binds closer than `or`. */
export function readMarker(scanner: Scanner): Marker {
  return readJoined(scanner, "or", () => readJoined(scanner, "and", () => readAtom(scanner)));
}

function readJoined(scanner: Scanner, kind: "and" | "or", readPart: () => Marker): Marker {
  const first = readPart();
  const parts = [first];
  while (scanner.take(kind === "and" ? /\band\b/y : /\bor\b/y) !== undefined)
    parts.push(readPart());
  return parts.length === 1 ? first : { kind, parts };
}

function readAtom(scanner: Scanner): Marker {
  scanner.skipSpaces();
  if (scanner.take(/\(/y) === undefined) return readComparison(scanner);
  const marker = readMarker(scanner);
  if (scanner.take(/\)/y) === undefined) throw scanner.expected("`)`");
  scanner.skipSpaces();
  return marker;
}

function readComparison(scanner: Scanner): MarkerComparison {
  const start = scanner.position;
  const left = readOperand(scanner);
  const operator = readOperator(scanner);
  const right = readOperand(scanner);
  if ("variable" in left && "value" in right)
    return { kind: "compare", ...left, operator, ...right, variableFirst: true };
  if ("value" in left && "variable" in right)
    return { kind: "compare", ...right, operator, ...left, variableFirst: false };
  scanner.position = start;
  throw scanner.expected("a variable compared with a quoted text");
}

type Operand = { readonly variable: MarkerVariable } | { readonly value: string };

function readOperand(scanner: Scanner): Operand {
  scanner.skipSpaces();
  const quoted = scanner.take(/'[^'\\]*'|"[^"\\]*"/y);
  if (quoted !== undefined) {
    scanner.skipSpaces();
    return { value: quoted.slice(1, -1) };
  }
  const start = scanner.position;
  const variable = variableNamed(scanner.take(/\b[a-z_.]+\b/y) ?? "");
  if (variable === undefined) {
    scanner.position = start;
    throw scanner.expected("a marker variable or a quoted text");
  }
  scanner.skipSpaces();
  return { variable };
}

/** `os.name` and `python_implementation` are older spellings. */
function variableNamed(word: string): MarkerVariable | undefined {
  if (/^(?:platform[._])?python_implementation$/.test(word))
    return "platform_python_implementation";
  const dotted = /^(?:os\.name|sys\.platform|platform\.(?:version|machine))$/.test(word);
  const name = dotted ? word.replace(".", "_") : word;
  return variables.find((variable) => variable === name);
}

function readOperator(scanner: Scanner): MarkerOperator {
  const word = scanner.take(/===|==|~=|!=|<=|>=|<|>|\bin\b|\bnot[ \t]+in\b/y);
  if (word === undefined) throw scanner.expected("an operator such as `==`, `<` or `in`");
  return (word.startsWith("not") ? "not in" : word) as MarkerOperator;
}
