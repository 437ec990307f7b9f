/** Colours of what is written to the terminal; none where there is no terminal or NO_COLOR says so. */
import picocolors from "picocolors";

function wanted(): boolean {
  const { argv, env, stderr, stdout } = process;
  if (argv.includes("--no-color") || (env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "0") !== "0") return true;
  return stdout.isTTY && stderr.isTTY && env["TERM"] !== "dumb";
}

const { bold, cyan, dim, green, red, yellow } = picocolors.createColors(wanted());

export const paint = { bold, cyan, dim, green, red, yellow } as const;
