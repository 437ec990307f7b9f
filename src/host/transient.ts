import type { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "./system-error.ts";

/** A failure worth another try; `error` is what to throw when there is none left. */
export class TransientFailure extends Error {
  readonly error: TouchdownError;
  /** How long the server asks to be left alone. */
  readonly afterMs: number | undefined;

  constructor(error: TouchdownError, afterMs?: number) {
    super(error.message, { cause: error });
    this.error = error;
    this.afterMs = afterMs;
  }
}

/**
 * The failures of a connection: in words, and whether the same request may well succeed a moment later.
 *
 * @source errno(3), getaddrinfo(3); `ERR_…` is Node's own
 */
const connectionFailures: Readonly<
  Record<string, { readonly words: string; readonly transient: boolean }>
> = {
  EAI_AGAIN: { words: "its name could not be looked up", transient: true },
  ECONNABORTED: { words: "the connection was given up", transient: true },
  ECONNREFUSED: { words: "connection refused", transient: true },
  ECONNRESET: { words: "the connection was cut", transient: true },
  EHOSTUNREACH: { words: "no way leads to it", transient: true },
  ENETUNREACH: { words: "no way leads to its network", transient: true },
  ENOTFOUND: { words: "no such host", transient: false },
  EPIPE: { words: "the connection was cut", transient: true },
  EPROTO: { words: "it does not speak TLS there", transient: false },
  ERR_STREAM_PREMATURE_CLOSE: { words: "the connection was cut", transient: true },
  ETIMEDOUT: { words: "the connection timed out", transient: true },
};

/**
 * The answers that mean “not now”.
 *
 * @source RFC 9110 §15.5.9 (408), §15.6.1 (500), §15.6.3 (502), §15.6.4 (503), §15.6.5 (504); RFC 8470 §5.2 (425);
 *         RFC 6585 §4 (429). pip and uv try again after a 500, too.
 */
const transientStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export function isTransientStatus(status: number): boolean {
  return transientStatuses.has(status);
}

export function isTransientFailure(error: unknown): boolean {
  return connectionFailures[errorName(error) ?? ""]?.transient ?? false;
}

/** Why a connection failed, in words. */
export function connectionReason(error: unknown): string {
  return connectionFailures[errorName(error) ?? ""]?.words ?? systemReason(error);
}

/**
 * How long a server asks to be left alone, in milliseconds; `undefined` if it does not say.
 *
 * @param header  `Retry-After`: seconds, or a date
 * @source RFC 9110 §10.2.3
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
