/** An error that ended a run, as a person reads it. */
import { InvalidTouchdownfile, TouchdownError } from "../../errors.ts";
import { paint } from "./paint.ts";

interface ErrorOptions {
  /** With the stack, and what caused it. */
  readonly verbose: boolean;
}

/** One or more lines, with a newline at the end. */
export function errorText(error: unknown, { verbose }: ErrorOptions): string {
  const stack = verbose && error instanceof Error ? `${stackOf(error)}\n` : "";
  if (error instanceof InvalidTouchdownfile && error.problems.length > 1) {
    const count = `${error.problems.length} things are wrong; nothing was changed`;
    return `${error.problems.map((problem) => oneError(problem)).join("")}${count}\n${stack}`;
  }
  if (error instanceof TouchdownError) return `${oneError(error)}${stack}`;
  const message = error instanceof Error ? error.message : String(error);
  const ask = verbose ? "" : ": please report it with the output of --verbose";
  return `${paint.red("bug")} ${message}\nThis is a bug in touchdown${ask}\n${stack}`;
}

function oneError({ message, hint, code }: TouchdownError): string {
  const advice = hint === undefined ? "" : `  ${hint.replaceAll("\n", "\n  ")}\n`;
  return `${paint.red("error")} ${message} ${paint.dim(`[${code}]`)}\n${advice}`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
