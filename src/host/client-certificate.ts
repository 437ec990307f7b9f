import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "./system-error.ts";

/** What this machine proves itself with to a server that asks; the same text is both. Never printed, never stored. */
export type ClientCertificate = { readonly cert: string; readonly key: string };

/**
 * The certificate and its key, from the one PEM file that `SSL_CLIENT_CERT` (uv) or `PIP_CLIENT_CERT` (pip) names.
 *
 * @throws FETCH_CERTIFICATE  the file is not there, or holds no certificate with its key
 */
export function clientCertificate(environment: NodeJS.ProcessEnv): ClientCertificate | undefined {
  for (const variable of ["SSL_CLIENT_CERT", "PIP_CLIENT_CERT"]) {
    const path = environment[variable];
    if (path) return usable(readPem(path, variable), `${variable} names ${path}`);
  }
  return undefined;
}

function readPem(path: string, variable: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (cause) {
    const message = `${variable} names ${path}, which cannot be read: ${systemReason(cause)}`;
    throw new TouchdownError("FETCH_CERTIFICATE", message, { cause });
  }
}

function usable(pem: string, named: string): ClientCertificate {
  const refuse = (why: string, cause?: unknown): TouchdownError =>
    new TouchdownError("FETCH_CERTIFICATE", `${named}, ${why}`, {
      hint: "it must hold the certificate and its private key, without a passphrase, as PEM",
      cause,
    });
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw refuse("which holds no certificate");
  if (!/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(pem))
    throw refuse("which holds no private key");
  try {
    createSecureContext({ cert: pem, key: pem, ca: [] });
  } catch (cause) {
    throw refuse(`which can't be used (${errorName(cause) ?? "damaged"})`, cause);
  }
  return { cert: pem, key: pem };
}
