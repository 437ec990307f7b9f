/** A lock that another tool keeps: it has no place for what builds need, so that is locked beside it. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { inspect, ownLockState } from "./inspect.ts";
import type { PackageWant } from "./package-schema.ts";
import { buildRequiresOfProject } from "./projects/project-inputs.ts";
import type { Resolved } from "./resolve-lock.ts";
import { buildRequiresOfSdist } from "./build/sdists-to-build.ts";
import type { PackageSession } from "./session.ts";
import { factsOf } from "./wheel/targets.ts";

export interface BuildsBeside {
  /** The folder of the lock, and of what is locked beside it; absolute. */
  readonly folder: string;
  /** The lock; absolute. */
  readonly lock: string;
  /** Of each build, as its `[build-system]` has it. */
  readonly requires: readonly (readonly string[])[];
  /** The Python that builds: 11 of Python 3.11. */
  readonly minor: number;
}

/**
 * What the builds of a package need whose lock another tool keeps; `undefined` where touchdown keeps it, or nothing is
 * built. Fetches sdists and commits that are built.
 *
 * @throws what `inspect`, fetching and reading sdists throw
 */
export async function buildsBesideLock(
  session: PackageSession,
  want: PackageWant,
): Promise<BuildsBeside | undefined> {
  if (ownLockState(session, want) !== undefined) return undefined;
  const { lock, project, resolved = [] } = await inspect(session, want);
  if (lock.state !== "current") return undefined;
  const own = project === undefined ? [] : [buildRequiresOfProject(project)];
  const others = await requiresOf(session, resolved);
  const requires = [...own, ...others];
  if (requires.length === 0) return undefined;
  const { minor } = factsOf(want);
  return { folder: dirname(lock.path), lock: lock.path, requires, minor };
}

async function requiresOf(
  session: PackageSession,
  resolved: readonly Resolved[],
): Promise<readonly (readonly string[])[]> {
  const sdists = resolved.flatMap((each) => (each.kind === "sdist" ? [each] : []));
  const paths = await session.fetch(sdists.map(({ file }) => file));
  const all: (readonly string[])[] = [];
  for (const each of resolved) {
    if (each.kind === "directory" && existsSync(each.path))
      all.push(buildRequiresOfProject(each.path));
    if (each.kind === "sdist") {
      const { file, subdirectory } = each;
      const within = subdirectory === undefined ? {} : { subdirectory };
      const path = paths.get(file.sha256) ?? "";
      all.push(await buildRequiresOfSdist({ path, name: file.name, ...within }));
    }
    if (each.kind === "vcs") {
      const { buildRequiresOfCommit } = await import("./build/checkout.ts");
      all.push(await buildRequiresOfCommit(each, session.signal));
    }
  }
  return all;
}
