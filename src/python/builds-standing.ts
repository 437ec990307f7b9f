/** Whether what the builds of a package need is locked: in touchdown's own lock, or beside one that another tool keeps. */
import { dirname } from "node:path";
import { TouchdownError } from "../errors.ts";
import { buildId, type ToBuild } from "./build/to-build.ts";
import { buildsLockPath, buildsLockState } from "./locking/builds-lock.ts";
import type { LockState } from "./locking/lock-state.ts";
import { keyOf, type InputTable } from "./package-key.ts";
import type { PackageWant } from "./package-schema.ts";
import type { Resolved } from "./resolve-lock.ts";
import type { PackageSession } from "./session.ts";
import { relativeName } from "./sources.ts";
import { factsOf } from "./wheel/targets.ts";

export type BuildsStanding =
  /** `path`: the lock that touchdown writes and that counts for the package; undefined where none does. */
  | { readonly state: "current"; readonly path?: string | undefined }
  /** It is to be written: `todo` says why, as a whole sentence; `why` is how it stands. */
  | {
      readonly state: "todo";
      readonly path: string;
      readonly todo: string;
      readonly why: Exclude<LockState, "current">;
    };

interface KeptLock {
  readonly path: string;
  /** By touchdown, or another tool. */
  readonly kept: "here" | "elsewhere";
}

/** Where it is locked what builds need; undefined for a lock of another tool with which nothing is built. Absolute. */
export function buildsPath(lock: KeptLock, sources: readonly ToBuild[]): string | undefined {
  if (lock.kept === "here") return lock.path;
  return sources.length === 0 ? undefined : buildsLockPath(dirname(lock.path));
}

interface Standing {
  readonly lock: KeptLock;
  readonly sources: readonly ToBuild[];
  /** All that a package is made of but its own files: while it is the same, so is the answer. */
  readonly table: InputTable;
}

const bucket = "builds-locked-v1";

/**
 * Remembered where it is: of a run in which nothing changed no lock and no pyproject.toml is read for it.
 *
 * @throws LOCK_INPUT
 */
export async function buildsStanding(
  session: PackageSession,
  want: PackageWant,
  { lock, sources, table }: Standing,
): Promise<BuildsStanding> {
  const path = buildsPath(lock, sources);
  if (path === undefined || sources.length === 0) return { state: "current", path };
  const { minor } = factsOf(want);
  if (lock.kept === "elsewhere")
    session.noteBuilds(dirname(path), { label: want.label, sources, minor });
  const store = await session.store();
  const key = keyOf({ ...table, "to build": JSON.stringify(sources.map(buildId)) });
  if (store.readRecord(bucket, key) === true) return { state: "current", path };
  const why = buildsLockState(lock.path, { sources, minor });
  if (why === "current") {
    store.writeRecord(bucket, key, true);
    return { state: "current", path };
  }
  const name = relativeName(session.folder, path);
  const names = [...new Set(sources.map((each) => each.name))].toSorted().join(", ");
  const todo =
    why === "missing"
      ? `${name} is missing, which locks what builds need (here of ${names})`
      : `${name} is stale: ${why.stale}`;
  session.noteLockTodo(path, todo);
  return { state: "todo", path, todo, why };
}

/** The package's own project, and what its lock has no wheel of, as far as its part needs them. */
export function sourcesToBuild(
  part: PackageWant["part"],
  {
    project,
    resolved,
  }: { readonly project: string | undefined; readonly resolved: readonly Resolved[] },
): readonly ToBuild[] {
  const own =
    project === undefined || part === "dependencies"
      ? []
      : [{ name: "the project", kind: "directory", path: project } as const];
  const others = part === "code" ? [] : resolved.filter((each) => each.kind !== "wheel");
  return [...own, ...others];
}

/**
 * The lock that is to be written before a package is built, for itself or for another that was looked at and shares it:
 * what is built before that would be built again.
 */
export function lockToWrite(
  session: PackageSession,
  builds: BuildsStanding,
): { readonly state: "todo"; readonly path: string; readonly todo: string } | undefined {
  if (builds.path === undefined) return undefined;
  const todo = session.lockTodo(builds.path);
  return todo === undefined ? undefined : { state: "todo", path: builds.path, todo };
}

/** @throws LOCK_STALE where no lock may be written */
export function requireLockedBuilds(session: PackageSession, builds: BuildsStanding): void {
  if (builds.state === "current" || !session.locked) return;
  throw new TouchdownError("LOCK_STALE", `the lock ${builds.todo}`, {
    hint: "run touchdown lock where you develop, and commit what it writes",
  });
}
