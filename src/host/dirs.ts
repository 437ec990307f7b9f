import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "./system-error.ts";

/**
 * The folder for what can be made again, made when missing and private to the user (0700). It is tagged as a cache, as
 * it may be in a project's folder: there neither builds nor backups take it for a part of the project.
 *
 * @source Cache Directory Tagging Specification
 * @throws FOLDER_WRITE
 */
export async function cacheFolder(): Promise<string> {
  const folder = await privateFolder(ownCachePath(), "TOUCHDOWN_CACHE_DIR");
  const tag = join(folder, cacheTag);
  if (existsSync(tag)) return folder;
  try {
    writeFileSync(tag, "Signature: 8a477f597d28d172789f06886806bc55\n# Made by touchdown.\n");
  } catch {
    // a cache that can't be written to still can be read
  }
  return folder;
}

/** The file that says that a folder is a cache. */
export const cacheTag = "CACHEDIR.TAG";

/** Where `cacheFolder` is, or would be. */
export function ownCachePath(): string {
  return cachePath(here());
}

/**
 * The folder for what runs or is kept on this machine (the embedded AWS, records of running commands), made when
 * missing and private to the user (0700).
 *
 * @throws FOLDER_WRITE
 */
export function stateFolder(): Promise<string> {
  return privateFolder(statePath(here()), "TOUCHDOWN_STATE_DIR");
}

/** Call `use` with a new, private (0700), empty folder, and remove the folder after. Returns what `use` did. */
export async function temporaryFolder<Result>(
  prefix: string,
  use: (folder: string) => Promise<Result> | Result,
): Promise<Result> {
  // its real path: on macOS the temporary folder is a link, and programs would report another name
  const folder = await mkdtemp(join(await realpath(tmpdir()), `${prefix}-`));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

type Surroundings = {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly home: string;
};

/** @source XDG Base Directory Specification 0.8, where a relative path is invalid and ignored */
export function cachePath({ environment, platform, home }: Surroundings): string {
  const own = environment["TOUCHDOWN_CACHE_DIR"];
  if (own) return resolve(own);
  const xdg = environment["XDG_CACHE_HOME"];
  if (xdg && isAbsolute(xdg)) return join(xdg, "touchdown");
  if (platform === "darwin") return join(home, "Library", "Caches", "touchdown");
  if (platform === "win32") return join(localAppData(environment, home), "touchdown", "cache");
  return join(home, ".cache", "touchdown");
}

/** As `cachePath`. */
export function statePath({ environment, platform, home }: Surroundings): string {
  const own = environment["TOUCHDOWN_STATE_DIR"];
  if (own) return resolve(own);
  const xdg = environment["XDG_STATE_HOME"];
  if (xdg && isAbsolute(xdg)) return join(xdg, "touchdown");
  if (platform === "darwin") return join(home, "Library", "Application Support", "touchdown");
  if (platform === "win32") return join(localAppData(environment, home), "touchdown", "state");
  return join(home, ".local", "state", "touchdown");
}

function localAppData(environment: NodeJS.ProcessEnv, home: string): string {
  return environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local");
}

function here(): Surroundings {
  const { env: environment, platform } = process;
  // as os.homedir() does it, which need not be loaded then
  const home = (platform === "win32" ? undefined : environment["HOME"]) || homedir();
  return { environment, platform, home };
}

async function privateFolder(path: string, variable: string): Promise<string> {
  makeFolder(path, { mode: 0o700, hint: `set ${variable} to a folder you can write to` });
  return path;
}

/**
 * Make a folder, and those it is in, where it is missing.
 *
 * @param options.hint  where else it could be
 * @throws FOLDER_WRITE
 */
export function makeFolder(
  path: string,
  { hint, mode }: { readonly hint: string; readonly mode?: number },
): void {
  try {
    // At once, as every run does it: Node's promises of files would have to be loaded for it.
    mkdirSync(path, { recursive: true, mode });
  } catch (cause) {
    throw new TouchdownError(
      "FOLDER_WRITE",
      `cannot make the folder ${path}: ${systemReason(cause)}`,
      { hint, cause },
    );
  }
}
