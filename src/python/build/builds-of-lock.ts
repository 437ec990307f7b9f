import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { bestWheel } from "../wheel/choose-wheel.ts";
import type { LockedPackage } from "../lock/locked.ts";
import { readPylock } from "../lock/pylock.ts";
import { isVirtualProject } from "../projects/virtual-project.ts";
import { architectures, pythonRuntimes, factsOf, type Target } from "../wheel/targets.ts";
import { buildId, type ToBuild } from "./to-build.ts";

/**
 * What a lock has no wheel of for one of the targets, each once.
 *
 * @param lock          the text of a pylock.toml
 * @param options.path  where the lock is: what its paths are relative to
 * @param options.minors  the Pythons it is for: 11 of Python 3.11
 * @throws what `readPylock` throws
 */
export function buildsOfLock(
  lock: string,
  { path, minors }: { readonly path: string; readonly minors: readonly number[] },
): readonly ToBuild[] {
  const found = new Map<string, ToBuild>();
  for (const target of targetsOf(minors)) {
    const selection = { target, extras: [], groups: [] };
    for (const locked of readPylock(lock, { path, selection })) {
      const each = toBuild(locked, target);
      if (each !== undefined) found.set(buildId(each) ?? `folder ${each.name}`, each);
    }
  }
  return [...found.values()];
}

function toBuild({ name, source }: LockedPackage, target: Target): ToBuild | undefined {
  if (source.kind === "hashes") return undefined;
  if (source.kind === "directory") {
    const path = resolve(source.path, source.subdirectory ?? ".");
    const isBuilt = existsSync(path) && !isVirtualProject(path);
    return isBuilt ? { name, kind: "directory", path } : undefined;
  }
  const within = source.subdirectory === undefined ? {} : { subdirectory: source.subdirectory };
  if (source.kind === "vcs") {
    const { url, commit } = source;
    // others are refused where they are to be built
    return source.type === "git" ? { name, kind: "vcs", url, commit, ...within } : undefined;
  }
  const { wheels, sdist: file } = source;
  if (file === undefined || bestWheel(wheels, target) !== undefined) return undefined;
  return { name, kind: "sdist", file, ...within };
}

function targetsOf(minors: readonly number[]): readonly Target[] {
  return pythonRuntimes
    .flatMap((runtime) => architectures.map((architecture) => ({ runtime, architecture })))
    .filter((target) => minors.includes(factsOf(target).minor));
}
