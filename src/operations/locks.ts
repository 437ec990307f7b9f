/** Write, or look at, the locks of a workspace's Python packages. Asks AWS nothing. */
import type { Graph } from "../core/graph.ts";
import type { Runtime } from "../core/runtime.ts";
import { buildsLockState, compileBuildsLock, readBackends } from "../python/locking/builds-lock.ts";
import { buildsBesideLock, type BuildsBeside } from "../python/given-lock.ts";
import { ownLockState } from "../python/inspect.ts";
import type { LockState } from "../python/locking/lock-state.ts";
import type { PackageWant } from "../python/package-schema.ts";
import type { PackageSession } from "../python/session.ts";
import { relativeName } from "../python/sources.ts";
import { writeLock } from "../python/write-lock.ts";
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
 * @throws PACKAGE_UNKNOWN, and what writing a lock throws
 */
export async function lockPackages(
  graph: Graph,
  options: LockOptions,
): Promise<readonly LockReport[]> {
  const upgrading = options.upgrade === undefined ? {} : { upgrade: options.upgrade };
  const reports = new Map<string, LockReport>();
  const beside = new Map<string, Beside>();
  for (const { args } of wantedNodes(graph, options.names)) {
    const want = args as unknown as PackageWant;
    const session = want.session().opened(options.runtime);
    const found = ownLockState(session, want);
    if (found === undefined) {
      const builds = await buildsBesideLock(session, want);
      if (builds === undefined) continue;
      const before = beside.get(builds.folder)?.builds ?? [];
      beside.set(builds.folder, { session, builds: [...before, builds] });
    } else if (!reports.has(found.path)) {
      const named = { ...found, name: relativeName(session.folder, found.path) };
      const write = () => writeLock(session, want, upgrading);
      reports.set(found.path, await reportOf(named, { ...options, write }));
    }
  }
  for (const [folder, builds] of beside) {
    const report = await besideReport(folder, builds, options);
    reports.set(report.path, report);
  }
  return [...reports.values()];
}

interface Beside {
  readonly session: PackageSession;
  readonly builds: readonly BuildsBeside[];
}

/** What builds of packages that were not asked for need stays locked. */
async function besideReport(
  folder: string,
  { session, builds }: Beside,
  options: LockOptions,
): Promise<LockReport> {
  const [{ lock } = { lock: folder }] = builds;
  const minor = Math.min(...builds.map((each) => each.minor));
  const requires = builds.flatMap((each) => each.requires);
  const kept = options.names.length === 0 ? [] : readBackends(lock).map((each) => each.requires);
  const { path, state } = buildsLockState(lock, { requires, minor });
  const { signal } = session;
  const write = async () =>
    compileBuildsLock(folder, [...requires, ...kept], {
      uv: await session.uv(),
      minor,
      ...(options.upgrade === undefined ? {} : { upgrade: options.upgrade }),
      ...(signal === undefined ? {} : { signal }),
    });
  const name = relativeName(session.folder, path);
  return reportOf({ path, name, state }, { ...options, write });
}

async function reportOf(
  {
    path,
    name,
    state,
  }: { readonly path: string; readonly name: string; readonly state: LockState },
  {
    check,
    upgrade,
    write,
  }: LockOptions & { readonly write: () => Promise<{ readonly changed: boolean }> },
): Promise<LockReport> {
  const current = state === "current";
  if (check) {
    const what = current ? "current" : state === "missing" ? "missing" : `stale: ${state.stale}`;
    return { path, name, what, current };
  }
  if (current && upgrade === undefined) return { path, name, what: "current", current };
  const { changed } = await write();
  return { path, name, what: changed ? "written" : "unchanged", current: true };
}
