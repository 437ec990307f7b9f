import { TouchdownError } from "../../errors.ts";
import type { Credentials } from "../../host/netrc.ts";
import { run } from "../../host/run.ts";

export type AskKeyringOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Names and passwords that the `keyring` command knows, each asked for once. Never printed, never stored.
 *
 * @source keyring's documentation, “Command-line Utility”; pip's, “Keyring Support”; uv's, “HTTP credentials”
 */
export class Keyring {
  readonly #asked = new Map<string, Promise<Credentials | undefined>>();

  /**
   * @param services  what it may be kept under, the first first: an index's address, its host
   * @param username  without one, any is asked for, which keyring can tell since its version 25.3
   * @throws COMMAND_TIMEOUT, INTERRUPTED, KEYRING_MISSING
   */
  ask(
    services: readonly string[],
    username: string | undefined,
    options: AskKeyringOptions,
  ): Promise<Credentials | undefined> {
    const key = JSON.stringify([services, username]);
    const known = this.#asked.get(key) ?? askAll(services, username, options);
    this.#asked.set(key, known);
    return known;
  }
}

async function askAll(
  services: readonly string[],
  username: string | undefined,
  options: AskKeyringOptions,
): Promise<Credentials | undefined> {
  for (const service of services) {
    const found = await askOne(service, username, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function askOne(
  service: string,
  username: string | undefined,
  { environment, signal }: AskKeyringOptions,
): Promise<Credentials | undefined> {
  const set = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const what = username === undefined ? [service, "--mode", "creds"] : [service, username];
  const { exitCode, stdout } = await run(["keyring", "get", ...what], {
    env: { ...Object.fromEntries(set), PYTHONIOENCODING: "utf-8" },
    cleanEnv: true,
    timeoutMs: 120_000,
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw cause instanceof TouchdownError && cause.code === "COMMAND_NOT_FOUND"
      ? keyringMissing(cause)
      : cause;
  });
  // also of a keyring that does not know --mode: it has nothing to say
  if (exitCode !== 0) return undefined;
  const lines = stdout.replace(/\r?\n$/, "").split(/\r?\n/);
  const [name, password] = username === undefined ? lines : [username, ...lines];
  return name && password ? { username: name, password } : undefined;
}

function keyringMissing(cause: unknown): TouchdownError {
  return new TouchdownError(
    "KEYRING_MISSING",
    "keyring-provider is subprocess, and there is no command keyring to ask for a password",
    {
      hint: "put keyring on the PATH (uv tool install keyring), or keep the password elsewhere and leave keyring-provider out",
      cause,
    },
  );
}
