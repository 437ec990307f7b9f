/** `--local`: the AWS on this machine, and nothing else within reach. */
import type { Runtime } from "../core/runtime.ts";
import type { AccountOverrides } from "../index.ts";
import { localCredentials, localEnvironment } from "../local/environment.ts";
import { startLocal } from "../local/server.ts";

/** Start it if need be, and point this process and its children at it. */
export async function localOverrides(
  region: string | undefined,
  { emit }: Pick<Runtime, "emit">,
): Promise<AccountOverrides> {
  const { endpoint } = await startLocal({
    onProgress: (message: string) => emit({ type: "progress", message }),
  });
  for (const [name, value] of Object.entries(localEnvironment(endpoint, process.env))) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  return {
    endpoint,
    credentials: localCredentials,
    ...(region === undefined ? {} : { region }),
  };
}
