import { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "../host/system-error.ts";

/** What the system refused, as an error about the store; any other error stays as it is. */
export function storeFailure(folder: string, cause: unknown): unknown {
  const refused = cause instanceof TouchdownError ? cause.code === "FILE_WRITE" : errorName(cause);
  if (!refused) return cause;
  return new TouchdownError("STORE_WRITE", cannotWrite(folder, cause), {
    hint: "make room, or set TOUCHDOWN_CACHE_DIR to a folder you can write to",
    cause,
  });
}

export function cannotWrite(folder: string, cause: unknown): string {
  const origin = cause instanceof TouchdownError && cause.cause !== undefined ? cause.cause : cause;
  return `cannot write to the store ${folder}: ${systemReason(origin)}`;
}
