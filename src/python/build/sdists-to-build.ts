import { posix } from "node:path";
import { parse } from "smol-toml";
import { TouchdownError } from "../../errors.ts";
import { bestWheel } from "../wheel/choose-wheel.ts";
import type { LockedFile } from "../lock/locked.ts";
import { readPylock } from "../lock/pylock.ts";
import { buildRequiresOf, legacyBuildRequires } from "../projects/project-inputs.ts";
import { readSdistFile } from "./sdist-file.ts";
import { architectures, pythonRuntimes, factsOf, type Target } from "../wheel/targets.ts";

/** Gets files: the path of each, by its sha256. */
export type FetchSdists = (files: readonly LockedFile[]) => Promise<ReadonlyMap<string, string>>;

export type SdistsOptions = {
  /** Where the lock is: what its paths are relative to. */
  readonly path: string;
  /** The Pythons it is for: 11 of Python 3.11. */
  readonly minors: readonly number[];
  readonly fetch: FetchSdists;
};

/**
 * What the builds of those packages need that have no wheel for one of the targets.
 *
 * @param lock  the text of a pylock.toml
 * @throws SDIST, and what `fetch` and `readPylock` throw
 */
export async function sdistBuildRequires(
  lock: string,
  { path, minors, fetch }: SdistsOptions,
): Promise<readonly (readonly string[])[]> {
  const sdists = new Map<string, { file: LockedFile; subdirectory?: string }>();
  for (const target of targetsOf(minors)) {
    const selection = { target, extras: [], groups: [] };
    for (const { source } of readPylock(lock, { path, selection })) {
      if (source.kind !== "files" || source.sdist === undefined) continue;
      if (bestWheel(source.wheels, target) !== undefined) continue;
      const { sdist: file, subdirectory } = source;
      const within = subdirectory === undefined ? {} : { subdirectory };
      sdists.set(`${file.sha256} ${subdirectory ?? ""}`, { file, ...within });
    }
  }
  if (sdists.size === 0) return [];
  const paths = await fetch([...sdists.values()].map(({ file }) => file));
  const all: (readonly string[])[] = [];
  for (const { file, ...within } of sdists.values()) {
    const path = paths.get(file.sha256);
    if (path !== undefined)
      all.push(await buildRequiresOfSdist({ path, name: file.name, ...within }));
  }
  return all;
}

/**
 * What an sdist needs to be built.
 *
 * @param sdist  its path; its name, for the error
 * @throws SDIST
 */
export async function buildRequiresOfSdist({
  path,
  name,
  subdirectory = ".",
}: {
  readonly path: string;
  readonly name: string;
  readonly subdirectory?: string;
}): Promise<readonly string[]> {
  const bytes = await readSdistFile(path, posix.join(subdirectory, "pyproject.toml"));
  if (bytes === undefined) return legacyBuildRequires;
  try {
    return buildRequiresOf(parse(Buffer.from(bytes).toString("utf8")));
  } catch (cause) {
    throw new TouchdownError("SDIST", `the pyproject.toml in ${name} is not valid TOML`, { cause });
  }
}

function targetsOf(minors: readonly number[]): readonly Target[] {
  return pythonRuntimes
    .flatMap((runtime) => architectures.map((architecture) => ({ runtime, architecture })))
    .filter((target) => minors.includes(factsOf(target).minor));
}
