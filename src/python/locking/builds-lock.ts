/** What builds need, locked beside a lock that touchdown does not keep: other tools' locks have no place for it. */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { errorName } from "../../host/system-error.ts";
import { readIfExists, writeAtomic } from "../../host/files.ts";
import { lockBackends, lockedBackend } from "./lock-backends.ts";
import { lockPath } from "./lock-request.ts";
import type { LockState } from "./lock-state.ts";
import { lockFormat, readLockTable, type BackendLock, type LockTable } from "./lock-table.ts";
import { lockText } from "./lock-text.ts";
import type { Uv } from "../uv/uv.ts";

/**
 * What builds need, as it was locked with a lock: in the lock itself where touchdown wrote it, else in the
 * `pylock.builds.toml` beside it. Nothing where neither is there.
 *
 * @param lock  absolute
 */
export function readBackends(lock: string): readonly BackendLock[] {
  return tableOf(lock)?.backends ?? [];
}

function tableOf(lock: string): LockTable | undefined {
  const own = basename(lock).startsWith("pylock.") ? readTable(lock) : undefined;
  return own ?? readTable(buildsLockPath(dirname(lock)));
}

/**
 * Whether what builds need is locked, and where that is to be.
 *
 * @param lock           absolute
 * @param builds.minor   of the oldest Python that builds
 */
export function buildsLockState(
  lock: string,
  builds: { readonly requires: readonly (readonly string[])[]; readonly minor: number },
): { readonly path: string; readonly state: LockState } {
  const path = buildsLockPath(dirname(lock));
  const table = tableOf(lock);
  if (table === undefined) return { path, state: "missing" };
  const oldest = Number(/^>=3\.(\d+)$/.exec(table.python)?.[1]);
  if (!(oldest <= builds.minor))
    return {
      path,
      state: { stale: `it is for Python ${table.python}, and 3.${builds.minor} is used` },
    };
  const unlocked = builds.requires.find((one) => lockedBackend(one, table.backends) === undefined);
  if (unlocked === undefined) return { path, state: "current" };
  return {
    path,
    state: { stale: `a build needs ${unlocked.join(", ") || "nothing"}, which is not in it` },
  };
}

export type CompileBuildsLockOptions = {
  readonly uv: Uv;
  /** The oldest Python that builds: 11 of Python 3.11. */
  readonly minor: number;
  readonly upgrade?: true | readonly string[];
  readonly signal?: AbortSignal;
};

/**
 * Write `pylock.builds.toml`, or leave it where it would be the same. It is a lock of no package, by the standard.
 *
 * @param folder    absolute; where the lock is whose builds these are
 * @param requires  of each build
 * @throws FILE_READ, FILE_WRITE, INTERRUPTED, LOCK_UNRESOLVED
 */
export async function compileBuildsLock(
  folder: string,
  requires: readonly (readonly string[])[],
  options: CompileBuildsLockOptions,
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const path = buildsLockPath(folder);
  const before = (await readIfExists(path))?.toString("utf8");
  const python = `>=3.${options.minor}`;
  const backends = await lockBackends(requires, {
    ...options,
    folder,
    before: before === undefined ? [] : (tableIn(before)?.backends ?? []),
  });
  const table = { format: lockFormat, python, extras: [], groups: [], inputs: new Map(), backends };
  const empty = `lock-version = "1.0"\ncreated-by = "touchdown"\nrequires-python = "${python}"\npackages = []\n`;
  const text = lockText(empty, { from: folder, to: folder }, table);
  if (text === before) return { path, changed: false };
  await writeAtomic(path, text);
  return { path, changed: true };
}

function buildsLockPath(folder: string): string {
  return lockPath({ folder, name: "builds" });
}

function readTable(path: string) {
  try {
    return tableIn(readFileSync(path, "utf8"));
  } catch (error) {
    if (errorName(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** One that is damaged counts as none: it is made anew. */
function tableIn(text: string) {
  try {
    return readLockTable(text);
  } catch {
    return undefined;
  }
}
