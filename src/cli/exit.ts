/** What the shell is told. */
import { TouchdownError } from "../errors.ts";

export const exitCodes = {
  done: 0,
  /** Something could not be done, and nothing is wrong with touchdown. */
  couldNot: 1,
  /** The command line can't be meant. */
  usage: 2,
  /** `plan --detailed-exitcode`: there is something to do, as terraform says it. */
  changes: 2,
  /** Not a TouchdownError: a bug. */
  bug: 70,
  interrupted: 130,
} as const;

/** A command line that can't be meant: exit 2, before anything is looked at. */
export class UsageError extends TouchdownError {
  constructor(message: string, hint?: string) {
    super("USAGE", message, hint === undefined ? {} : { hint });
  }
}

/** The exit code for an error that ended a verb. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (!(error instanceof TouchdownError)) return exitCodes.bug;
  return error.code === "INTERRUPTED" ? exitCodes.interrupted : exitCodes.couldNot;
}
