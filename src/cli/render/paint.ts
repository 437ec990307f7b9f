/**
 * Colours of what is written to the terminal; none where there is no terminal or NO_COLOR says so. By Node's own table
 * of codes: libraries look at stdout when they are loaded, which takes 3 ms, also where there are none to paint.
 */
import { inspect } from "node:util";
import { isTerminal } from "../output.ts";

type Style = "bold" | "cyan" | "dim" | "green" | "red" | "yellow";

type Paint = (text: string) => string;

const painting = wanted();

export const paint: { readonly [S in Style]: Paint } = {
  bold: painted("bold"),
  cyan: painted("cyan"),
  dim: painted("dim"),
  green: painted("green"),
  red: painted("red"),
  yellow: painted("yellow"),
};

function wanted(): boolean {
  const { argv, env } = process;
  if (argv.includes("--no-color") || (env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "0") !== "0") return true;
  return isTerminal(1) && isTerminal(2) && env["TERM"] !== "dumb";
}

/** None is put into another, so that the end of one is never in the middle of another. */
function painted(style: Style): Paint {
  if (!painting) return (text) => text;
  const [on, off] = inspect.colors[style] ?? [0, 0];
  return (text) => `\u001B[${on}m${text}\u001B[${off}m`;
}
