/** Colours of what is written to the terminal; none where there is no terminal or NO_COLOR says so. */
import picocolors from "picocolors";
import { isTerminal } from "../output.ts";

const asItIs = (text: string): string => text;
const none = {
  bold: asItIs,
  cyan: asItIs,
  dim: asItIs,
  green: asItIs,
  red: asItIs,
  yellow: asItIs,
};

function wanted(): boolean {
  const { argv, env } = process;
  if (argv.includes("--no-color") || (env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "0") !== "0") return true;
  return isTerminal(1) && isTerminal(2) && env["TERM"] !== "dumb";
}

/** It looks at stdout when it is loaded, so where no colours are wanted it isn't. */
const { bold, cyan, dim, green, red, yellow } = wanted() ? picocolors.createColors(true) : none;

export const paint = { bold, cyan, dim, green, red, yellow } as const;
