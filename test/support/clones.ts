/** Packages built in a fresh clone of a folder, on a machine that does all else differently. */
import { mkdir } from "node:fs/promises";
import { command } from "./cli.ts";
import { packageWorld } from "./package-world.ts";
import type { Built, PackageWorld, WorldOptions } from "./package-world.ts";

/** Of zips, by the package's name. */
export type Sha256s = ReadonlyMap<string, string>;

export interface Original {
  readonly world: PackageWorld;
  /** Of the world, and of each clone's. */
  readonly options: WorldOptions;
  /** As they were built there. */
  readonly expected: Sha256s;
}

export interface CloneOptions {
  /** The folder's name. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another's cache. Default: an empty one. */
  readonly cache?: string;
  readonly umask?: string;
  /** The Node that runs touchdown. */
  readonly node?: string;
  /** The only packages to build, one after the other, each by a command of its own. */
  readonly only?: readonly string[];
  /** Called with the clone's folder before anything is built. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** Build packages in a folder, and commit the folder, with the locks that were made. */
export async function originalOf(
  options: WorldOptions,
  files: Readonly<Record<string, string>>,
): Promise<Original> {
  const world = await packageWorld({ name: "the project", ...options });
  await world.write(files);
  const expected = sha256sOf(await world.build());
  const who = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"];
  await succeeded(world, [...git, "init", "--quiet"]);
  await succeeded(world, [...git, "add", "--all"]);
  await succeeded(world, [...git, ...who, "commit", "--quiet", "--message", "all"]);
  return { world, options, expected };
}

/** Clone, build there with the locks as they are, and say the sha256s. */
export async function builtInClone(
  { world, options }: Original,
  clone: CloneOptions = {},
): Promise<Sha256s> {
  const { name = "a clone", env, cache, umask = "022", only } = clone;
  const other = await packageWorld({
    ...options,
    name,
    env: { ...options.env, ...env },
    ...(cache === undefined ? {} : { cache }),
  });
  const masked = ["sh", "-c", `umask ${umask}; exec "$@"`, "sh"];
  try {
    await mkdir(other.folder, { recursive: true });
    await succeeded(other, [...masked, ...git, "clone", "--quiet", world.folder, "."]);
    await clone.prepare?.(other.folder);
    const words = [clone.node ?? process.execPath, command, "build", "--json", "--locked"];
    const built = new Map<string, Built>();
    for (const names of only?.map((each) => [each]) ?? [[]]) {
      const said = await succeeded(other, [...masked, ...words, ...names]);
      const lines = said.split("\n").filter((line) => line !== "");
      for (const each of lines.map((line) => JSON.parse(line) as Built)) built.set(each.name, each);
    }
    return sha256sOf(built);
  } finally {
    await other.remove();
  }
}

export function sha256sOf(built: ReadonlyMap<string, Built>): Sha256s {
  return new Map([...built].map(([name, { sha256 }]) => [name, sha256]));
}

/** Whatever the machine's git is told. */
const git = ["env", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "git"];

async function succeeded(world: PackageWorld, words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await world.spawn(words);
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}
