/** What builds need, locked beside a lock that touchdown does not keep: other tools' locks have no place for it. */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { BuildNeeds } from "../build/build-needs.ts";
import { buildId, type ToBuild } from "../build/to-build.ts";
import { errorName } from "../../host/system-error.ts";
import { readIfExists, writeAtomic } from "../../host/files.ts";
import { buildRequiresOfProject } from "../projects/project-inputs.ts";
import { lockBackends, lockedBackend } from "./lock-backends.ts";
import { lockPath } from "./lock-request.ts";
import type { LockState } from "./lock-state.ts";
import { lockFormat, readLockTable, type BackendLock, type LockTable } from "./lock-table.ts";
import { lockText } from "./lock-text.ts";
import type { Uv } from "../uv/uv.ts";

/**
 * What builds need, as it was locked with a lock: in the lock itself where touchdown wrote it, and in the
 * `pylock.builds.toml` beside it. Nothing where neither is there.
 *
 * @param lock  absolute
 */
export function readBackends(lock: string): readonly BackendLock[] {
  return tablesOf(lock).flatMap(({ backends }) => backends);
}

function tablesOf(lock: string): readonly LockTable[] {
  const own = basename(lock).startsWith("pylock.") ? readTable(lock) : undefined;
  const beside = readTable(buildsLockPath(dirname(lock)));
  return [own, beside].filter((table) => table !== undefined);
}

/**
 * Whether what builds need is locked. Starts no process, and fetches nothing.
 *
 * @param lock    absolute
 * @param builds  the sources, and the oldest Python that builds them: 11 of Python 3.11
 * @throws LOCK_INPUT
 */
export function buildsLockState(
  lock: string,
  { sources, minor }: { readonly sources: readonly ToBuild[]; readonly minor: number },
): LockState {
  const tables = tablesOf(lock);
  const fitting = tables.filter(({ python }) => oldestOf(python) <= minor);
  const backends = fitting.flatMap((table) => table.backends);
  const unlocked = sources.find((each) => {
    const id = buildId(each);
    if (id !== undefined) return !fitting.some(({ builds }) => builds.has(id));
    return each.kind === "directory" && isUnlocked(each.path, backends);
  });
  if (unlocked === undefined) return "current";
  const [first] = tables.toReversed();
  if (first === undefined) return "missing";
  if (fitting.length === 0)
    return { stale: `it is for Python ${first.python}, and 3.${minor} is used` };
  return { stale: `it does not have what the build of ${unlocked.name} needs` };
}

function isUnlocked(project: string, backends: readonly BackendLock[]): boolean {
  return lockedBackend(buildRequiresOfProject(project), backends) === undefined;
}

/** NaN, which fits nothing, where it is not as we write it. */
function oldestOf(python: string): number {
  return Number(/^>=3\.(\d+)$/.exec(python)?.[1]);
}

export type CompileBuildsLockOptions = {
  readonly uv: Uv;
  /** The oldest Python that builds: 11 of Python 3.11. */
  readonly minor: number;
  /** What is in it for others stays, also where nothing is known of them here. */
  readonly keep: boolean;
  readonly upgrade?: true | readonly string[];
  readonly signal?: AbortSignal;
};

/**
 * Write `pylock.builds.toml`, or leave it where it would be the same. It is a lock of no package, by the standard.
 *
 * @param folder  absolute; where the lock is whose builds these are
 * @throws FILE_READ, FILE_WRITE, INTERRUPTED, LOCK_UNRESOLVED
 */
export async function compileBuildsLock(
  folder: string,
  needs: BuildNeeds,
  options: CompileBuildsLockOptions,
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const path = buildsLockPath(folder);
  const before = (await readIfExists(path))?.toString("utf8");
  const known = before === undefined ? undefined : tableIn(before);
  const kept = options.keep ? known : undefined;
  const minor = Math.min(options.minor, oldestOf(kept?.python ?? "") || options.minor);
  const python = `>=3.${minor}`;
  const requires = [...needs.requires, ...(kept?.backends ?? []).map((one) => one.requires)];
  const backends = await lockBackends(requires, {
    ...options,
    minor,
    folder,
    before: known?.backends ?? [],
  });
  const builds = new Map(
    [...(kept?.builds ?? []), ...needs.builds].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const nothing = { extras: [], groups: [], bytecode: [], inputs: new Map() };
  const table = { format: lockFormat, python, ...nothing, builds, backends };
  const empty = `lock-version = "1.0"\ncreated-by = "touchdown"\nrequires-python = "${python}"\npackages = []\n`;
  const text = lockText(empty, { from: folder, to: folder }, table);
  if (text === before) return { path, changed: false };
  await writeAtomic(path, text);
  return { path, changed: true };
}

/** @param folder  absolute; where the lock is whose builds these are */
export function buildsLockPath(folder: string): string {
  return lockPath({ folder, name: "builds" });
}

function readTable(path: string): LockTable | undefined {
  try {
    return tableIn(readFileSync(path, "utf8"));
  } catch (error) {
    if (errorName(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** One that is damaged counts as none: it is made anew. */
function tableIn(text: string): LockTable | undefined {
  try {
    return readLockTable(text);
  } catch {
    return undefined;
  }
}
