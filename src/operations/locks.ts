/** Write, or look at, the locks of a workspace's Python packages. Asks AWS nothing. */
import { TouchdownError, type ErrorCode } from "../errors.ts";
import type { Graph } from "../core/graph.ts";
import type { Runtime } from "../core/runtime.ts";
import { dirname } from "node:path";
import { nearest } from "../core/nearest.ts";
import { buildsLockPath } from "../python/locking/builds-lock.ts";
import { look, ownLockState } from "../python/inspect.ts";
import type { LockState } from "../python/locking/lock-state.ts";
import { lockedNames } from "../python/locking/locked-names.ts";
import type { PackageWant } from "../python/package-schema.ts";
import type { PackageSession } from "../python/session.ts";
import { relativeName } from "../python/sources.ts";
import { normalizeName } from "../python/wheel/wheel-name.ts";
import { writeLock } from "../python/write-lock.ts";
import { writeBuildsLock } from "../python/write-builds-lock.ts";
import { wantedNodes } from "./packages.ts";

export interface LockReport {
  /** Absolute. */
  readonly path: string;
  /** Relative to the Touchdownfile's folder. */
  readonly name: string;
  /** `written`, `unchanged`; with `check`, why it is not current. */
  readonly what: string;
  readonly current: boolean;
}

interface LockOptions {
  readonly runtime: Runtime;
  /** As `package` or function names; empty: all. */
  readonly names: readonly string[];
  /** Look, and write nothing. */
  readonly check: boolean;
  /** `true`: every version anew; names: those. */
  readonly upgrade?: true | readonly string[];
}

/**
 * Write the locks that touchdown keeps, once each, and beside those of other tools what builds need. Where nothing is to
 * be upgraded, those that are current are left.
 *
 * @throws LOCK_SELECTION where what is to be upgraded is in no lock, PACKAGE_UNKNOWN, and what writing a lock throws
 */
export async function lockPackages(
  graph: Graph,
  options: LockOptions,
): Promise<readonly LockReport[]> {
  const upgrading = options.upgrade === undefined ? {} : { upgrade: options.upgrade };
  const found = new Map<string, Found>();
  for (const { args } of wantedNodes(graph, options.names)) {
    const want = args as unknown as PackageWant;
    const session = want.session().opened(options.runtime);
    const own = ownLockState(session, want);
    if (own !== undefined) {
      const state = own.state === "current" ? await ownBuildsState(session, want) : own.state;
      const write = () => writeLock(session, want, upgrading);
      note(found, own.path, { session, state, write });
      continue;
    }
    const { lock } = await look(session, want);
    if (lock.state !== "current" || !session.buildsSomething(dirname(lock.path))) continue;
    const folder = dirname(lock.path);
    const keep = options.names.length > 0;
    const write = () => writeBuildsLock(session, { folder, keep, ...upgrading });
    const state = await buildsState(session, want);
    note(found, buildsLockPath(folder), { session, state, write });
  }
  if (Array.isArray(options.upgrade)) refuseUnlocked(options.upgrade, [...found.keys()]);
  const reports: LockReport[] = [];
  for (const [path, each] of found) reports.push(await reportOf(path, each, options));
  return reports;
}

/** Where a lock is still to be made nobody knows what it will have; other tools' locks they upgrade themselves. */
function refuseUnlocked(names: readonly string[], paths: readonly string[]): void {
  const locks = paths.map((path) => lockedNames(path));
  if (locks.length === 0 || locks.includes(undefined)) return;
  const known = [...new Set(locks.flatMap((lock) => [...(lock ?? [])]))];
  const unknown = names.find((name) => !known.includes(normalizeName(name)));
  if (unknown === undefined) return;
  const message = `no lock that touchdown keeps has "${unknown}"${nearest(unknown, known)}`;
  throw new TouchdownError("LOCK_SELECTION", message, {
    hint: "--upgrade takes the names of distributions that are locked, with commas between them",
  });
}

interface Found {
  readonly session: PackageSession;
  readonly state: LockState;
  readonly write: () => Promise<{ readonly changed: boolean }>;
}

/** What several packages share is only current where it is for each. */
function note(found: Map<string, Found>, path: string, each: Found): void {
  const known = found.get(path);
  if (known === undefined || known.state === "current") found.set(path, each);
}

/** What else is wrong with a package is no matter of its lock, and a new lock may mend it. */
async function ownBuildsState(session: PackageSession, want: PackageWant): Promise<LockState> {
  try {
    return await buildsState(session, want);
  } catch (error) {
    if (!(error instanceof TouchdownError)) throw error;
    const { code, message } = error;
    return unreadable.has(code) ? { stale: `it can't be read: ${message}` } : "current";
  }
}

const unreadable: ReadonlySet<ErrorCode> = new Set(["LOCK_AMBIGUOUS", "LOCK_FORMAT", "LOCK_HASH"]);

async function buildsState(session: PackageSession, want: PackageWant): Promise<LockState> {
  const { builds, python } = await look(session, want);
  if (builds.state !== "current") return builds.why;
  return python?.differs === undefined ? "current" : { stale: python.differs.why };
}

async function reportOf(
  path: string,
  { session, state, write }: Found,
  { check, upgrade }: LockOptions,
): Promise<LockReport> {
  const name = relativeName(session.folder, path);
  const current = state === "current";
  if (check) {
    const what = current ? "current" : state === "missing" ? "missing" : `stale: ${state.stale}`;
    return { path, name, what, current };
  }
  if (current && upgrade === undefined) return { path, name, what: "current", current };
  const { changed } = await write();
  return { path, name, what: changed ? "written" : "unchanged", current: true };
}
