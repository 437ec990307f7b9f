import { ownCredentials, type AddressCredentials } from "../../host/http-credentials.ts";
import { configuredIndexes } from "./configured-indexes.ts";
import type { Surroundings } from "./pip-settings.ts";

/**
 * The names and passwords that package indexes are configured with, in the environment and in uv's files: those in an
 * index's address, and `UV_INDEX_<NAME>_USERNAME` and `_PASSWORD`, which count first. The lock's addresses have none.
 *
 * @param folder       where uv's configuration begins to be looked for
 * @param surroundings with the environment as `uvEnvironment` makes it, so that pip's configuration is in it
 * @source uv's documentation, “Authentication” and “Indexes”
 */
export function indexCredentials(
  folder: string,
  surroundings: Surroundings,
): readonly AddressCredentials[] {
  const { environment } = surroundings;
  return configuredIndexes(folder, surroundings).indexes.flatMap(({ name, address }) => {
    if (!URL.canParse(address)) return [];
    const url = new URL(address);
    const found = credentialsByName(name, environment) ?? ownCredentials(url);
    return found === undefined ? [] : [{ ...found, address: url }];
  });
}

function credentialsByName(name: string | undefined, environment: Surroundings["environment"]) {
  if (name === undefined) return undefined;
  const prefix = `UV_INDEX_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
  const username = environment[`${prefix}_USERNAME`];
  const password = environment[`${prefix}_PASSWORD`];
  if (username === undefined && password === undefined) return undefined;
  return { username: username ?? "", password: password ?? "" };
}
