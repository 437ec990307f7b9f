import { homedir } from "node:os";
import { HttpClient, type AskCredentials } from "../../host/http-client.ts";
import { tableOf } from "../projects/toml-table.ts";
import { configuredIndexes, type ConfiguredIndexes } from "./configured-indexes.ts";
import { withoutCredentials } from "./credentials.ts";
import { indexCredentials } from "./index-credentials.ts";
import { Keyring } from "./keyring.ts";
import type { Surroundings } from "./pip-settings.ts";
import { uvEnvironment, uvTables } from "./uv-environment.ts";

export type IndexClientOptions = {
  /** Where uv's configuration begins to be looked for. */
  readonly folder: string;
  /** Default: this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Asked where uv or pip is set to ask it; default: a new one, which knows nothing of what was asked before. */
  readonly keyring?: Keyring;
  readonly signal?: AbortSignal;
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
  keyring = new Keyring(),
  signal,
}: IndexClientOptions): IndexClient {
  const surroundings = { environment, platform: process.platform, home: homedir() };
  const all = uvEnvironment(folder, surroundings);
  const resolved = { ...surroundings, environment: all };
  const credentials = indexCredentials(folder, resolved);
  const seconds = Number(
    all["UV_HTTP_TIMEOUT"] ?? all["UV_REQUEST_TIMEOUT"] ?? all["HTTP_TIMEOUT"],
  );
  const waitMs = seconds > 0 ? seconds * 1_000 : 30_000;
  const proxies = configuredProxies(folder, resolved);
  const configured = configuredIndexes(folder, resolved);
  const addresses = configured.indexes.map(({ address }) => address);
  const askCredentials: AskCredentials = (address, username) =>
    keyring.ask(servicesOf(address, addresses), username, { environment, signal });
  const asking = asksKeyring(folder, resolved) ? { askCredentials } : {};
  return {
    client: new HttpClient({
      environment: { ...proxies, ...all },
      credentials,
      answerMs: waitMs,
      ...asking,
    }),
    waitMs,
    configured,
  };
}

/** Only where it is configured, as uv and pip do. */
function asksKeyring(folder: string, surroundings: Surroundings): boolean {
  const tables = uvTables(folder, surroundings).flatMap((table) => [table, tableOf(table, "pip")]);
  const [configured] = tables.map((table) => table["keyring-provider"]).filter(Boolean);
  return (surroundings.environment["UV_KEYRING_PROVIDER"] || configured) === "subprocess";
}

/** Of uv's files, as variables: what the environment says counts first, in whatever case. @source uv's documentation, “Settings” */
function configuredProxies(
  folder: string,
  surroundings: Surroundings,
): Readonly<Record<string, string>> {
  const { environment } = surroundings;
  const tables = uvTables(folder, surroundings);
  const keys = [
    ["http-proxy", "HTTP_PROXY"],
    ["https-proxy", "HTTPS_PROXY"],
    ["no-proxy", "NO_PROXY"],
  ] as const;
  return Object.fromEntries(
    keys.flatMap(([key, variable]) => {
      const [value] = tables.map((table) => table[key]).filter((each) => each !== undefined);
      const text = Array.isArray(value) ? value.join(",") : value;
      const isSet = environment[variable] || environment[variable.toLowerCase()];
      return typeof text === "string" && !isSet ? [[variable, text]] : [];
    }),
  );
}

/** Under which a password may be kept: the address of the index on that server, as it is configured; the server. */
function servicesOf({ origin, host }: URL, addresses: readonly string[]): readonly string[] {
  const indexes = addresses.filter((each) => URL.canParse(each) && new URL(each).origin === origin);
  return [...new Set(indexes.map(withoutCredentials)), host];
}
