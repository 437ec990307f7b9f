import { homedir } from "node:os";
import { HttpClient } from "../../host/http-client.ts";
import { configuredIndexes, type ConfiguredIndexes } from "./configured-indexes.ts";
import { indexCredentials } from "./index-credentials.ts";
import { uvEnvironment } from "./uv-environment.ts";

export type IndexClientOptions = {
  /** Where uv's configuration begins to be looked for. */
  readonly folder: string;
  /** Default: this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

export type IndexClient = {
  /** The caller closes it. */
  readonly client: HttpClient;
  /** How long a server may say nothing. */
  readonly waitMs: number;
  readonly configured: ConfiguredIndexes;
};

/**
 * What asks package indexes: proxies, certificates, credentials and the time to wait are those that uv and pip would take.
 *
 * @throws FETCH_CERTIFICATE
 */
export function openIndexClient({
  folder,
  environment = process.env,
}: IndexClientOptions): IndexClient {
  const surroundings = { environment, platform: process.platform, home: homedir() };
  const all = uvEnvironment(folder, surroundings);
  const resolved = { ...surroundings, environment: all };
  const credentials = indexCredentials(folder, resolved);
  const seconds = Number(
    all["UV_HTTP_TIMEOUT"] ?? all["UV_REQUEST_TIMEOUT"] ?? all["HTTP_TIMEOUT"],
  );
  const waitMs = seconds > 0 ? seconds * 1_000 : 30_000;
  return {
    client: new HttpClient({ environment: all, credentials, answerMs: waitMs }),
    waitMs,
    configured: configuredIndexes(folder, resolved),
  };
}
