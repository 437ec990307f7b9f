import { ownCredentials, type AddressCredentials } from "../host/http-credentials.ts";
import type { Surroundings } from "./pip-settings.ts";
import { uvTables } from "./uv-environment.ts";

/**
 * The names and passwords that package indexes are configured with, in the environment and in uv's files: those in an
 * index's address, and `UV_INDEX_<NAME>_USERNAME` and `_PASSWORD`, which count first. The lock's addresses have none.
 *
 * @param folder       where uv's configuration begins to be looked for
 * @param environment  as `uvEnvironment` makes it, so that pip's configuration is in it
 * @source uv's documentation, “Authentication” and “Indexes”
 */
export function indexCredentials(
  folder: string,
  surroundings: Surroundings,
): readonly AddressCredentials[] {
  const { environment } = surroundings;
  const indexes: Index[] = [
    ...indexVariables.flatMap((name) => (environment[name] ?? "").split(/\s+/)).map(parseIndex),
    ...(environment["UV_FIND_LINKS"] ?? "").split(",").map((address) => ({ address })),
    ...uvTables(folder, surroundings).flatMap(indexesIn),
  ];
  return indexes.flatMap(({ name, address }) => {
    if (!URL.canParse(address)) return [];
    const url = new URL(address);
    const found = credentialsByName(name, environment) ?? ownCredentials(url);
    return found === undefined ? [] : [{ ...found, address: url }];
  });
}

const indexVariables = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"];

type Index = { readonly name?: string | undefined; readonly address: string };

/** `https://…`, or with a name before it: `internal=https://…`. */
function parseIndex(text: string): Index {
  const parts = /^(?<name>[\w.-]+)=(?<address>.*)$/.exec(text)?.groups;
  return { name: parts?.["name"], address: parts?.["address"] ?? text };
}

function credentialsByName(name: string | undefined, environment: Surroundings["environment"]) {
  if (name === undefined) return undefined;
  const prefix = `UV_INDEX_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
  const username = environment[`${prefix}_USERNAME`];
  const password = environment[`${prefix}_PASSWORD`];
  if (username === undefined && password === undefined) return undefined;
  return { username: username ?? "", password: password ?? "" };
}

/** Of a uv.toml or a `[tool.uv]`: `[[index]]`, and the older keys, which `[pip]` may have as well. */
function indexesIn(table: Readonly<Record<string, unknown>>): Index[] {
  const named = listOf(table["index"]).flatMap((index) => {
    if (!isTable(index) || typeof index["url"] !== "string") return [];
    const { name, url } = index;
    return [{ name: typeof name === "string" ? name : undefined, address: url }];
  });
  const pip = table["pip"];
  const older = [table, ...(isTable(pip) ? [pip] : [])].flatMap((one) =>
    ["index-url", "extra-index-url", "find-links"].flatMap((key) => listOf(one[key])),
  );
  return [...named, ...older.flatMap((one) => (typeof one === "string" ? [{ address: one }] : []))];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
