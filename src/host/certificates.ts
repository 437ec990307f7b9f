import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "./system-error.ts";

/**
 * The certificates to trust in place of Node's own, as PEM; `undefined` to leave it to Node, which then adds those of
 * `NODE_EXTRA_CA_CERTS` itself.
 *
 * `SSL_CERT_FILE` and `SSL_CERT_DIR` are what OpenSSL and uv read, `PIP_CERT`, `REQUESTS_CA_BUNDLE` and
 * `CURL_CA_BUNDLE` what pip reads: whatever either would trust is trusted.
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
  return all.flatMap(({ variable, path }) => readCertificates(path, variable));
}

const variables = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "PIP_CERT",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
] as const;

/** Of a bundle, or of all files of a folder. */
function readCertificates(path: string, variable: string): string[] {
  try {
    return [readFileSync(path, "utf8")];
  } catch (cause) {
    if (errorName(cause) === "EISDIR") return readFolder(path);
    throw new TouchdownError(
      "FETCH_CERTIFICATE",
      `${variable} names ${path}, which cannot be read: ${systemReason(cause)}`,
      { cause },
    );
  }
}

function readFolder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .flatMap((entry) => {
      try {
        const text = readFileSync(join(folder, entry.name), "utf8");
        return text.includes("-----BEGIN CERTIFICATE-----") ? [text] : [];
      } catch {
        // a link to a certificate that is gone: OpenSSL passes over it too
        return [];
      }
    });
}
