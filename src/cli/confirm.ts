/** Ask a person before anything is changed. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "./exit.ts";

/** @throws USAGE where there is no terminal to ask at, before anything was read */
export function requireAnswer(verb: string, yes: boolean): void {
  if (yes || (process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new UsageError(
    `${verb} would ask, and there is no terminal to ask at`,
    `add --yes to go on without asking, or look first with \`touchdown plan\``,
  );
}

/** Only "y" and "yes" are yes; Ctrl-C and the end of input are no. */
export async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const interrupted = new Promise<string>((resolve) =>
      terminal.once("SIGINT", () => resolve("")),
    );
    const answered = terminal.question(`${question} [y/N] `, { signal });
    const answer = await Promise.race([answered, closed, interrupted]).catch(() => "");
    return /^y(es)?$/iu.test(answer.trim());
  } finally {
    terminal.close();
  }
}
