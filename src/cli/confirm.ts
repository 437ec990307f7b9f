/** Ask a person before anything is changed. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "./exit.ts";

/** @throws USAGE where there is no terminal to ask at, before anything was read */
export function requireAnswer(verb: string, yes: boolean): void {
  if (yes || (process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new UsageError(
    `${verb} would ask, and there is no terminal to ask at`,
    verb === "unlock"
      ? "add --yes to go on without asking"
      : "add --yes to go on without asking, or look first with `touchdown plan`",
  );
}

export type Answer = "yes" | "no" | "interrupted";

/** Only "y" and "yes" are yes; the end of input is no. */
export async function ask(question: string, signal: AbortSignal): Promise<Answer> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<Answer>((resolve) => terminal.once("close", () => resolve("no")));
    // The terminal is readline's meanwhile, so that Ctrl-C is no signal.
    const interrupted = new Promise<Answer>((resolve) =>
      terminal.once("SIGINT", () => resolve("interrupted")),
    );
    const answered = terminal
      .question(`${question} [y/N] `, { signal })
      .then((text): Answer => (/^y(es)?$/iu.test(text.trim()) ? "yes" : "no"))
      .catch((): Answer => "interrupted");
    const answer = await Promise.race([answered, interrupted, closed]);
    if (answer === "interrupted") process.stderr.write("\n");
    return answer;
  } finally {
    terminal.close();
  }
}
