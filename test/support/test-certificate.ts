import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../src/host/run.ts";

/** A key and a certificate for 127.0.0.1 that nobody trusts; the certificate's file is in `folder`. Needs openssl. */
export async function testCertificate(
  folder: string,
): Promise<{ readonly key: string; readonly cert: string; readonly certFile: string }> {
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const request =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
  const names = ["-subj", "/CN=touchdown test", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = await run([...request.split(" "), ...names, "-keyout", keyFile, "-out", certFile]);
  if (made.exitCode !== 0) throw new Error(made.stderr);
  return { key: await readFile(keyFile, "utf8"), cert: await readFile(certFile, "utf8"), certFile };
}
