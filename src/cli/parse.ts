/** Words → a verb and its options. */
import { parseArgs } from "node:util";
import { nearest } from "../core/nearest.ts";
import { UsageError } from "./exit.ts";
import type { Call, Option, Verb } from "./option.ts";
import { Values } from "./values.ts";

export type Parsed =
  | { readonly kind: "help"; readonly verb?: string }
  | { readonly kind: "version" }
  | { readonly kind: "call"; readonly verb: string; readonly call: Call };

/**
 * Options may stand before or after the verb.
 *
 * @throws USAGE for an unknown verb or option, a missing value, an operand too many or too few
 */
export function parse(words: readonly string[], verbs: Readonly<Record<string, Verb>>): Parsed {
  const name = verbIn(words, verbs);
  const help = words.includes("--help") || words.includes("-h");
  if (name === undefined) {
    if (words.includes("--version")) return { kind: "version" };
    const unknown = words.find((word) => word.startsWith("-") && !["--help", "-h"].includes(word));
    if (unknown !== undefined) throw withoutVerb(unknown, everyOption(verbs));
    return { kind: "help" };
  }
  if (name === "help") return helpOn(words, verbs);
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) {
    const near = nearest(name, [...Object.keys(verbs), "help"]);
    throw new UsageError(`there is no verb "${name}"${near}`, "touchdown --help lists them");
  }
  if (help) return { kind: "help", verb: name };
  return { kind: "call", verb: name, call: callOf(words, name, verb) };
}

function helpOn(words: readonly string[], verbs: Readonly<Record<string, Verb>>): Parsed {
  const verb = words.find((word) => word !== "help" && !word.startsWith("-"));
  if (verb === undefined) return { kind: "help" };
  if (Object.hasOwn(verbs, verb)) return { kind: "help", verb };
  throw new UsageError(`there is no verb "${verb}"${nearest(verb, Object.keys(verbs))}`);
}

/** The first word that is neither an option nor an option's value. */
function verbIn(
  words: readonly string[],
  verbs: Readonly<Record<string, Verb>>,
): string | undefined {
  const takesValue = new Set(
    everyOption(verbs)
      .filter((option) => option.value !== undefined && option.valueMayMiss !== true)
      .flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]),
  );
  return words.find(
    (word, index) => !word.startsWith("-") && !takesValue.has(words[index - 1] ?? ""),
  );
}

function everyOption(verbs: Readonly<Record<string, Verb>>): readonly Option[] {
  return Object.values(verbs).flatMap((verb) => verb.options);
}

function callOf(words: readonly string[], name: string, verb: Verb): Call {
  const options = Object.fromEntries(
    verb.options.map(({ name: option, short, value, valueMayMiss }) => [
      option,
      {
        type:
          value === undefined || valueMayMiss === true ? ("boolean" as const) : ("string" as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const option = verb.options.find((each) => each.name === token.name);
    if (option === undefined) throw unknownOption(token.rawName, { name, options: verb.options });
    values[option.name] = valueOf(option, token.value);
  }
  return { values: new Values(values), operands: operandsOf(operands.slice(1), name, verb) };
}

function valueOf(option: Option, given: string | undefined): string | boolean {
  if (option.value === undefined) {
    if (given !== undefined)
      throw new UsageError(`--${option.name} takes no value, got "${given}"`);
    return true;
  }
  if (given === undefined && option.valueMayMiss === true) return true;
  if (given === undefined || given === "") {
    throw new UsageError(`--${option.name} needs a value: --${option.name} ${option.value}`);
  }
  return given;
}

function operandsOf(operands: readonly string[], name: string, verb: Verb): readonly string[] {
  const [least, most] = verb.operands === undefined ? [0, 0] : (verb.operandCount ?? [1, 1]);
  const extra = operands[most];
  if (extra !== undefined) {
    throw new UsageError(`${name} does not take "${extra}"`, `touchdown ${name} --help`);
  }
  if (operands.length < least) {
    throw new UsageError(`${name} needs ${verb.operands ?? ""}`, `touchdown ${name} --help`);
  }
  return operands;
}

function withoutVerb(raw: string, options: readonly Option[]): UsageError {
  const [word = ""] = raw.split("=");
  const known = options.some(({ name, short = name }) => [`--${name}`, `-${short}`].includes(word));
  if (!known) return unknownOption(raw, { options });
  return new UsageError(
    `${word} is an option of a verb, and there is no verb`,
    "touchdown --help lists them",
  );
}

function unknownOption(
  raw: string,
  { name, options }: { name?: string; options: readonly Option[] },
): UsageError {
  const names = options.map((option) => `--${option.name}`);
  const of = name === undefined ? "" : ` of ${name}`;
  const help = name === undefined ? "touchdown --help" : `touchdown ${name} --help`;
  return new UsageError(`${raw} is not an option${of}${nearest(raw, names)}`, `${help} lists them`);
}
