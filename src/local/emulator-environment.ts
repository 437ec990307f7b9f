import { dirname, delimiter, join } from "node:path";
import { noProxy } from "./environment.ts";

/** What functions may need to reach the network, and what any program needs on Windows. */
const passed =
  /^(PATH|(HTTP|HTTPS|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|SYSTEMROOT|COMSPEC|PATHEXT)$/i;

/**
 * All the variables the embedded AWS runs with. Functions inherit them, so neither the user's credentials nor their
 * home are among them.
 *
 * @param folder  its own, which holds `home` and `tmp`
 * @source ministack's README, “Configuration”
 */
export function emulatorEnvironment(
  current: Readonly<Record<string, string | undefined>>,
  { folder, port }: { readonly folder: string; readonly port: number },
): Record<string, string> {
  const kept = Object.entries(current).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passed.test(entry[0]),
  );
  const temporary = join(folder, "tmp");
  return {
    ...Object.fromEntries(kept),
    // Node.js functions run with the first `node` on the PATH: the one we run with, and no shim that needs a home
    PATH: [dirname(process.execPath), current["PATH"]].filter(Boolean).join(delimiter),
    HOME: join(folder, "home"),
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    LANG: "C.UTF-8",
    TZ: "UTC",
    PYTHONUTF8: "1",
    PYTHONUNBUFFERED: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    ...noProxy(current),
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    STATE_DIR: join(folder, "state"),
    S3_DATA_DIR: join(folder, "s3"),
    // no listeners beside the one
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    // it would remove the containers of every ministack on this machine
    DOCKER_HOST: "unix:///nonexistent/docker.sock",
  };
}
