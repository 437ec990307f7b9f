import { existsSync } from "node:fs";
import { buildRequiresOfProject } from "../projects/project-inputs.ts";
import { buildRequiresOfCommit } from "./checkout.ts";
import { buildRequiresOfSdist, type FetchSdists } from "./sdist-requires.ts";
import { buildId, type ToBuild } from "./to-build.ts";

/** What builds need, and whose builds these are. */
export type BuildNeeds = {
  /** Of each build, as its `[build-system]` has it. */
  readonly requires: readonly (readonly string[])[];
  /** The name of each sdist and commit, by what `buildId` says. */
  readonly builds: ReadonlyMap<string, string>;
};

/**
 * Ask each source what its build needs; for that, sdists are fetched and commits checked out.
 *
 * @throws GIT_FAILED, GIT_MISSING, LOCK_INPUT, SDIST, and what `fetch` throws
 */
export async function buildNeeds(
  sources: readonly ToBuild[],
  { fetch, signal }: { readonly fetch: FetchSdists; readonly signal?: AbortSignal | undefined },
): Promise<BuildNeeds> {
  const paths = await fetch(sources.flatMap((each) => (each.kind === "sdist" ? [each.file] : [])));
  const requires: (readonly string[])[] = [];
  const builds = new Map<string, string>();
  for (const each of sources) {
    const id = buildId(each);
    if (id !== undefined && builds.has(id)) continue;
    const needed = await requiresOf(each, paths, signal);
    if (needed === undefined) continue;
    requires.push(needed);
    if (id !== undefined) builds.set(id, each.kind === "sdist" ? each.file.name : each.name);
  }
  return { requires, builds };
}

async function requiresOf(
  source: ToBuild,
  paths: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | undefined> {
  if (source.kind === "directory")
    return existsSync(source.path) ? buildRequiresOfProject(source.path) : undefined;
  if (source.kind === "vcs") return buildRequiresOfCommit(source, signal);
  const { file, subdirectory } = source;
  const path = paths.get(file.sha256);
  if (path === undefined) return undefined;
  const within = subdirectory === undefined ? {} : { subdirectory };
  return buildRequiresOfSdist({ path, name: file.name, ...within });
}
