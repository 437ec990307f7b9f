import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { run } from "../../host/run.ts";
import type { Store } from "../../store/store.ts";
import { fetchUv } from "./fetch-uv.ts";

export type Uv = {
  /** The program's absolute path. */
  readonly program: string;
  /** For example `0.13.9`. */
  readonly version: string;
};

export type FindUvOptions = {
  readonly store: Store;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Called with a line for the user, when something takes its time. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
};

/**
 * The oldest uv that will do: 0.6.15 is the first whose `pip compile` writes pylock.toml (astral-sh/uv#13019). It and
 * every later minor version were tried with all that is asked of uv here.
 */
export const oldestUv = "0.6.15";

/**
 * A uv: the first on the PATH that is new enough, else the pinned one, fetched with pip and kept in the store.
 *
 * @throws INTERRUPTED, STORE_WRITE, UV_MISSING
 */
export async function findUv(options: FindUvOptions): Promise<Uv> {
  const environment = options.environment ?? process.env;
  const tooOld: string[] = [];
  for (const program of await programsOnPath("uv", environment["PATH"] ?? "")) {
    const version = await versionOf(program);
    if (version !== undefined && isNewEnough(version)) return { program, version };
    tooOld.push(`${program} ${version === undefined ? "does not run" : `is uv ${version}`}`);
  }
  const fetched = await fetchUv({ ...options, environment });
  if (typeof fetched !== "string") return fetched;
  throw new TouchdownError(
    "UV_MISSING",
    `uv ${oldestUv} or newer is needed to lock and to build, and ${
      tooOld.length === 0 ? "there is none on the PATH" : "none on the PATH will do"
    }`,
    { hint: [`install it, for example with: pip install uv`, ...tooOld, fetched].join("\n") },
  );
}

/** Every file of that name on the PATH that can be run, in its order. */
export async function programsOnPath(name: string, path: string): Promise<string[]> {
  const folders = [...new Set(path.split(delimiter))].filter((folder) => isAbsolute(folder));
  const file = process.platform === "win32" ? `${name}.exe` : name;
  const programs = folders.map((folder) => join(folder, file));
  const runs = (program: string): Promise<boolean> =>
    access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
  const there = await Promise.all(programs.map(runs));
  return programs.filter((_, index) => there[index]);
}

/** `undefined` where it does not run, or is another program. */
async function versionOf(program: string): Promise<string | undefined> {
  const result = await run([program, "--version"], { timeoutMs: 20_000 }).catch(
    (error: unknown) => {
      if (error instanceof TouchdownError && error.code === "INTERRUPTED") throw error;
      return undefined;
    },
  );
  return /^uv (\d+\.\d+\.\d+)/.exec(result?.stdout ?? "")?.[1];
}

function isNewEnough(version: string): boolean {
  const [have, need] = [version, oldestUv].map((text) => text.split(".").map(Number));
  for (const [index, least] of (need ?? []).entries()) {
    const part = have?.[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
