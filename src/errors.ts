/**
 * Every way touchdown can refuse. The code is what scripts and tests match on; the text beside it
 * says, for the reference page, when it is thrown.
 */
export const errorCodes = {
  ARGUMENT: "an argument in the Touchdownfile is missing, unknown, of the wrong type or out of range",
} as const;

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
