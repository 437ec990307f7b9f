import { parse } from "smol-toml";
import { TouchdownError } from "../errors.ts";
import { bestWheel } from "./choose-wheel.ts";
import type { LockedFile } from "./lock/locked.ts";
import { readPylock } from "./lock/pylock.ts";
import { buildRequiresOf, legacyBuildRequires } from "./project-inputs.ts";
import { readSdistFile } from "./sdist-file.ts";
import { architectures, pythonRuntimes, factsOf, type Target } from "./targets.ts";

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
  const files = new Map<string, LockedFile>();
  for (const target of targetsOf(minors)) {
    const selection = { target, extras: [], groups: [] };
    for (const { source } of readPylock(lock, { path, selection })) {
      if (source.kind !== "files" || source.sdist === undefined) continue;
      if (bestWheel(source.wheels, target) === undefined)
        files.set(source.sdist.sha256, source.sdist);
    }
  }
  if (files.size === 0) return [];
  const paths = await fetch([...files.values()]);
  const all: (readonly string[])[] = [];
  for (const { name, sha256 } of files.values()) {
    const there = paths.get(sha256);
    if (there !== undefined) all.push(await buildRequiresOfSdist(there, name));
  }
  return all;
}

/**
 * What an sdist needs to be built.
 *
 * @param name  of the sdist, for the error
 * @throws SDIST
 */
export async function buildRequiresOfSdist(path: string, name: string): Promise<readonly string[]> {
  const bytes = await readSdistFile(path, "pyproject.toml");
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
