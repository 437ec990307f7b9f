import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "./system-error.ts";

/**
 * The certificates to trust in place of Node's own, each once, as PEM; `undefined` to leave it to Node, which then
 * adds those of `NODE_EXTRA_CA_CERTS` itself.
 *
 * `SSL_CERT_FILE` and `SSL_CERT_DIR` are what OpenSSL and uv read, `PIP_CERT`, `REQUESTS_CA_BUNDLE` and
 * `CURL_CA_BUNDLE` what pip reads: whatever either would trust is trusted. Many systems set all to the same file.
 *
 * @throws FETCH_CERTIFICATE  a variable names what is not there
 */
export function trustedCertificates(environment: NodeJS.ProcessEnv): string[] | undefined {
  const named = variables.flatMap((variable) => {
    const path = environment[variable];
    return path ? [{ variable, path }] : [];
  });
  if (named.length === 0) return undefined;
  const extra = environment["NODE_EXTRA_CA_CERTS"];
  // Node adds these only to its own, not to what it is given
  const all = extra ? [...named, { variable: "NODE_EXTRA_CA_CERTS", path: extra }] : named;
  const files = new Set(all.flatMap(({ variable, path }) => filesAt(path, variable)));
  const texts = [...files].map((file) => readFileSync(file, "latin1"));
  return [...new Set(texts.flatMap((text) => text.match(certificate) ?? []))];
}

const variables = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "PIP_CERT",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
] as const;

const certificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** A bundle, or the certificates of a folder, their links followed. */
function filesAt(path: string, variable: string): string[] {
  try {
    if (statSync(path).isDirectory()) return filesIn(path);
    accessSync(path, constants.R_OK);
    return [realpathSync(path)];
  } catch (cause) {
    throw new TouchdownError(
      "FETCH_CERTIFICATE",
      `${variable} names ${path}, which cannot be read: ${systemReason(cause)}`,
      { cause },
    );
  }
}

/** @source openssl-rehash(1): in a folder, certificates are looked for by the hash of their subject */
function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^[0-9a-f]{8}\.\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [realpathSync(join(folder, name))];
      } catch {
        // a link to a certificate that is gone: OpenSSL passes over it too
        return [];
      }
    });
}
