/** What `--help` prints. */
import type { Option, Verb } from "./option.ts";

export function helpText(verbs: Readonly<Record<string, Verb>>, version: string): string {
  const names = Object.entries(verbs).map(([name, verb]) => `  ${name.padEnd(9)} ${verb.does}`);
  return `touchdown ${version}: ships Python to AWS Lambda from a Touchdownfile.ts

usage: touchdown VERB [options]

${names.join("\n")}

touchdown VERB --help shows the verb's options; touchdown --version the version.

Try it without an account:
  touchdown apply --local      deploy to the AWS on this machine
  touchdown invoke NAME --local
  touchdown destroy --local
`;
}

export function verbHelp(name: string, verb: Verb): string {
  const operands = verb.operands === undefined ? "" : ` ${verb.operands}`;
  const rows = verb.options.map((option) => [optionText(option), option.help] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  const about = verb.about === undefined ? "" : `${verb.about}\n\n`;
  return `touchdown ${name}${operands} [options]: ${verb.does}\n\n${about}${lines.join("\n")}\n`;
}

function optionText({ name, short, value, valueMayMiss }: Option): string {
  const dashes = short === undefined ? `    --${name}` : `-${short}, --${name}`;
  if (value === undefined) return dashes;
  return valueMayMiss === true ? `${dashes}[=${value}]` : `${dashes} ${value}`;
}
