/** Run a step's command, its output streaming by, and say clearly how it failed. */
import { TouchdownError } from "../errors.ts";
import { outputTail } from "../host/output-tail.ts";
import { masked } from "./command-step.ts";
import type { CommandStep } from "./command-step.ts";
import type { StepContext } from "./step-context.ts";
import { remember, watchedHash } from "./watched.ts";
import type { CommandResult } from "./target.ts";

/** How much of the output an error shows. */
const shownLines = 20;
const keptLength = 64 * 1024;

/** @throws COMMAND_FAILED, COMMAND_TIMEOUT, and what keeps a command from starting */
export async function runCommand(context: StepContext, step: CommandStep): Promise<void> {
  const { target, runtime } = context;
  // before it runs: what is edited meanwhile must count as changed
  const watched = step.watches === undefined ? undefined : await watchedHash(target, step.watches);
  const tail = outputTail(keptLength);
  const { key, id, label: name } = step;
  const ran = target.run(step.command, {
    ...step.settings,
    record: { key, id, name },
    onOutput: ({ stream, text }) => {
      tail.push(text);
      runtime.emit({ type: "output", id, name, stream, text });
    },
  });
  const result = await ran.catch((cause: unknown) => {
    throw isTimeout(cause) ? timedOut(step, tail.text(), cause) : cause;
  });
  if (result.exitCode !== 0) throw failed(step, result, tail.text());
  if (watched !== undefined) await remember(key, watched);
  context.ran.add(step.name);
}

function isTimeout(error: unknown): boolean {
  return error instanceof TouchdownError && error.code === "COMMAND_TIMEOUT";
}

function failed(step: CommandStep, { exitCode, signal }: CommandResult, output: string): Error {
  const how = signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  return new TouchdownError("COMMAND_FAILED", `${where(step)} ${how}`, lastLines(step, output));
}

function timedOut(step: CommandStep, output: string, cause: unknown): Error {
  const seconds = (step.settings.timeoutMs ?? 0) / 1000;
  const message = `${where(step)} did not end within ${seconds} s and was stopped`;
  return new TouchdownError("COMMAND_TIMEOUT", message, { ...lastLines(step, output), cause });
}

function where(step: CommandStep): string {
  return `${oneLine(masked(step.name, step))} in ${step.settings.cwd}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function lastLines(step: CommandStep, output: string): { hint?: string } {
  const lines = masked(output, step).trimEnd().split("\n");
  const last = lines.slice(-shownLines).join("\n");
  return last.trim() === "" ? {} : { hint: `its last lines:\n${last}` };
}
