import type { errorCodes } from "./error-codes.ts";

export type ErrorCode = keyof typeof errorCodes;

/**
 * A refusal a person can act on. Anything else thrown is a bug.
 *
 * `message` is one line with the offending value, no full stop, never a secret; `hint` says what to do.
 */
export class TouchdownError extends Error {
  override readonly name = "TouchdownError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Everything that was wrong, to be shown together. */
export class InvalidTouchdownfile extends TouchdownError {
  readonly problems: readonly TouchdownError[];

  constructor(problems: readonly TouchdownError[]) {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
    const hint = problems.length === 1 ? first?.hint : undefined;
    const options = hint === undefined ? {} : { hint };
    super(first?.code ?? "ARGUMENT", `${first?.message ?? ""}${more}`, options);
    this.problems = problems;
  }
}
