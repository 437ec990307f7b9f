import type { IncomingMessage } from "node:http";
import { basename } from "node:path/posix";
import { TouchdownError } from "../errors.ts";
import { errorName } from "./system-error.ts";
import {
  connectionReason,
  isTransientFailure,
  isTransientStatus,
  retryAfterMs,
  TransientFailure,
} from "./transient.ts";

/** The name of the file at an address, as errors call it: without credentials, and without a signature's query. */
export function fileNameOf(address: URL): string {
  const name = basename(address.pathname);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Why there was no answer, as the error to throw. */
export function connectionFailure(address: URL, cause: unknown): Error {
  if (cause instanceof TouchdownError || cause instanceof TransientFailure) return cause;
  if (isCertificateError(cause)) {
    return new TouchdownError(
      "FETCH_CERTIFICATE",
      `the certificate of ${address.host} is not trusted: ${connectionReason(cause)}`,
      {
        hint: "name your organisation's certificates with SSL_CERT_FILE or NODE_EXTRA_CA_CERTS",
        cause,
      },
    );
  }
  if (isClientRefused(cause)) {
    return new TouchdownError(
      "FETCH_CERTIFICATE",
      `${address.host} wants a certificate of this machine, or does not accept the one it was given`,
      {
        hint: "name a PEM file with the certificate and its key, with SSL_CLIENT_CERT or pip's client-cert",
        cause,
      },
    );
  }
  const message = `cannot reach ${address.host}: ${connectionReason(cause)}`;
  const error = new TouchdownError("FETCH_FAILED", message, { cause });
  return isTransientFailure(cause) ? new TransientFailure(error) : error;
}

/** What an answer other than the file means, as the error to throw. */
export function refusal(address: URL, response: IncomingMessage): Error {
  const { statusCode: status = 0, headers } = response;
  const file = fileNameOf(address);
  if (status === 401 || status === 403) return unauthorised(address, status);
  if (status === 404 || status === 410) {
    const place = `${address.origin}${address.pathname}`;
    return new TouchdownError("FETCH_MISSING", `${file} is not at ${place} (${status})`);
  }
  const error = new TouchdownError(
    "FETCH_FAILED",
    `${address.host} answered ${status} to the request for ${file}`,
  );
  if (!isTransientStatus(status)) return error;
  return new TransientFailure(error, retryAfterMs(headers["retry-after"], Date.now()));
}

function unauthorised(address: URL, status: number): TouchdownError {
  const file = fileNameOf(address);
  const says =
    status === 401
      ? `wants a name and password for ${file}, or does not accept those it was given`
      : `does not give out ${file} (403)`;
  return new TouchdownError("FETCH_CREDENTIALS", `${address.host} ${says}`, {
    hint: `put them into ~/.netrc (machine ${address.hostname} login NAME password PASSWORD) or the index's address`,
  });
}

/** @source X509_verify_cert_error_string(3), by the names Node gives them; ERR_TLS_… are Node's own */
function isCertificateError(error: unknown): boolean {
  const name = errorName(error) ?? "";
  return (
    /^(?:CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE)/.test(name) ||
    name === "ERR_TLS_CERT_ALTNAME_INVALID" ||
    name === "HOSTNAME_MISMATCH"
  );
}

/** The alerts by which a server refuses a client's certificate, or that there is none. @source RFC 8446 §6.2 */
function isClientRefused(error: unknown): boolean {
  return /^ERR_SSL_(?:TLSV13_ALERT_CERTIFICATE_REQUIRED|(?:TLSV1|SSLV3)_ALERT_(?:UNKNOWN_CA|ACCESS_DENIED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN)))$/.test(
    errorName(error) ?? "",
  );
}
