/** Everything that can be known of a package before its generated files are: its lock, its wheels, its sources. */
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import {
  buildsPath,
  buildsStanding,
  requireLockedBuilds,
  sourcesToBuild,
} from "./builds-standing.ts";
import type { BuildsStanding } from "./builds-standing.ts";
import { pythonStanding, requireLockedPython } from "./locked-python.ts";
import type { PythonStanding } from "./locked-python.ts";
import { lockPath } from "./locking/lock-request.ts";
import { lockState } from "./locking/lock-state.ts";
import type { LockState } from "./locking/lock-state.ts";
import { packageInputs } from "./package-inputs.ts";
import type { InputTable } from "./package-key.ts";
import { patternsOf } from "./patterns.ts";
import type { PackageWant } from "./package-schema.ts";
import { readRequirementsFile } from "./projects/requirements-file.ts";
import { resolveLock } from "./resolve-lock.ts";
import type { Resolved } from "./resolve-lock.ts";
import type { PackageSession } from "./session.ts";
import { defaultSources, relativeName, sourceFiles } from "./sources.ts";
import type { SourceArgument, SourceFile } from "./sources.ts";
import { targetOf } from "./wheel/targets.ts";
import { isVirtualProject } from "./projects/virtual-project.ts";
import { lockFolder, lockInputs, whichLock } from "./which-lock.ts";

export type LockStanding =
  | { readonly state: "none" }
  | {
      readonly state: "current";
      readonly path: string;
      readonly sha256: string;
      /** By touchdown, or another tool. */
      readonly kept: "here" | "elsewhere";
    }
  /** It is to be written; `todo` says why. */
  | { readonly state: "todo"; readonly path: string; readonly todo: string };

export interface OwnFile extends SourceFile {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export interface Inspected {
  readonly lock: LockStanding;
  /** Of what builds need. */
  readonly builds: BuildsStanding;
  /** Of what compiles bytecode; undefined where none is wanted. */
  readonly python: PythonStanding | undefined;
  /** The project's folder, absolute, where it is one that is built. */
  readonly project: string | undefined;
  /** What the lock says for the target, without the project itself; undefined while the lock is to be written. */
  readonly resolved: readonly Resolved[] | undefined;
  readonly sources: readonly OwnFile[];
  /** As named, or as found where nothing was named. */
  readonly sourceNames: readonly SourceArgument[];
  /** All inputs but sources and generated files: what decides everything that is not the user's own. */
  readonly table: InputTable;
}

/**
 * Look, once a run, at what a package is made of. Reads files, changes nothing, starts nothing.
 *
 * @throws LOCK_MISSING, LOCK_STALE, PROJECT_MISSING, REQUIREMENTS_MISSING, SOURCE_MISSING, WHEEL_NONE, and what the readers of locks throw
 */
export async function inspect(session: PackageSession, want: PackageWant): Promise<Inspected> {
  const inspected = await look(session, want);
  requireLockedBuilds(session, inspected.builds);
  requireLockedPython(session, inspected.python);
  return inspected;
}

/** As `inspect`, also where what builds need is not locked, or another Python is, and no lock may be written. */
export function look(session: PackageSession, want: PackageWant): Promise<Inspected> {
  return session.once(`inspect ${want.label}`, () => inspectNow(session, want));
}

async function inspectNow(session: PackageSession, want: PackageWant): Promise<Inspected> {
  // opens the store, and with it what is remembered of files
  await session.store();
  const named = JSON.stringify([want.project, want.requirements]);
  await session.once(`there ${named}`, async () => mustBeThere(session.folder, want));
  const project = builtProject(session, want);
  const lock = await standingOf(session, want);
  const resolved = await resolvedOf(session, want, lock);
  const names =
    want.part === "dependencies" ? [] : (want.sources ?? unnamedSources(session, want, project));
  const sources = await sourcesOf(session, want, names);
  const current = lock.state === "current" ? lock : undefined;
  const python = await pythonStanding(session, want, current);
  const toBuild = sourcesToBuild(want.part, { project, resolved: resolved ?? [] });
  const table = await packageInputs(session, want, {
    lock: current,
    builds: current === undefined ? undefined : buildsPath(current, toBuild),
    project,
    resolved: resolved ?? [],
    python: python?.python,
  });
  const builds: BuildsStanding =
    current === undefined
      ? { state: "current" }
      : await buildsStanding(session, want, { lock: current, sources: toBuild, table });
  return { lock, builds, python, project, resolved, sources, sourceNames: names, table };
}

function mustBeThere(folder: string, { project, requirements }: PackageWant): void {
  const isFolder = (path: string) =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (project !== undefined) {
    const place = resolve(folder, project);
    const isProject = ["pyproject.toml", "setup.py", "setup.cfg"].some((name) =>
      existsSync(join(place, name)),
    );
    if (!isProject) {
      const why = isFolder(place)
        ? "it has no pyproject.toml and no setup.py"
        : "there is no such folder";
      throw new TouchdownError("PROJECT_MISSING", `project ${project} is no project: ${why}`, {
        hint: `projects are looked for from ${folder}; plain files go in as sources`,
      });
    }
  }
  if (requirements === undefined) return;
  if (statSync(resolve(folder, requirements), { throwIfNoEntry: false })?.isFile() === true) return;
  throw new TouchdownError(
    "REQUIREMENTS_MISSING",
    `there is no requirements file ${requirements}`,
    {
      hint: `requirements are looked for from ${folder}`,
    },
  );
}

/** Loads what understands locks only where there is one to understand. */
function standingOf(session: PackageSession, want: PackageWant): Promise<LockStanding> {
  const identity = JSON.stringify([want.lock, lockInputs(want)]);
  return session.once(`lock ${identity}`, async () => {
    const which = whichLock(want, { folder: session.folder, isLocked: isHashed });
    if (which.kind === "none") return { state: "none" };
    return which.kind === "given"
      ? current(session, which.path, "elsewhere")
      : ownStanding(session, want);
  });
}

/** Where the lock that touchdown keeps for a package is, and how it stands; undefined where another's is obeyed, or none is needed. */
export function ownLockState(
  session: PackageSession,
  want: PackageWant,
): { readonly path: string; readonly state: LockState } | undefined {
  const which = whichLock(want, { folder: session.folder, isLocked: isHashed });
  if (which.kind !== "own") return undefined;
  const request = session.lockRequest(which.folder, lockInputs(want));
  return { path: lockPath(request), state: lockState(request) };
}

function ownStanding(session: PackageSession, want: PackageWant): LockStanding {
  const found = ownLockState(session, want);
  if (found === undefined) return { state: "none" };
  const { path, state } = found;
  if (state === "current") return current(session, path, "here");
  const name = relativeName(session.folder, path);
  if (session.locked)
    throw stale(name, state === "missing" ? "is missing" : `is stale: ${state.stale}`);
  return {
    state: "todo",
    path,
    todo: state === "missing" ? `${name} is missing` : `${name}: ${state.stale}`,
  };
}

function isHashed(requirements: string): boolean {
  return readRequirementsFile(requirements).isLock;
}

function current(session: PackageSession, path: string, kept: "here" | "elsewhere"): LockStanding {
  const [own = "", ...others] = [path, ...readWith(path)].map((file) => session.hashOf(file));
  if (others.length === 0) return { state: "current", path, sha256: own, kept };
  const sha256 = createHash("sha256")
    .update([own, ...others].join("\n"))
    .digest("hex");
  return { state: "current", path, sha256, kept };
}

/** The files that a lock is not whole without: those it includes, or the project whose extras poetry.lock is for. */
function readWith(lock: string): readonly string[] {
  if (/\.(?:txt|in)$/.test(lock))
    return readRequirementsFile(lock).files.filter((file) => file !== lock);
  const project = join(dirname(lock), "pyproject.toml");
  return basename(lock) === "poetry.lock" && existsSync(project) ? [project] : [];
}

function stale(name: string, why: string): TouchdownError {
  return new TouchdownError("LOCK_STALE", `the lock ${name} ${why}`, {
    hint: "run touchdown lock where you develop, and commit what it writes",
  });
}

async function resolvedOf(
  session: PackageSession,
  want: PackageWant,
  lock: LockStanding,
): Promise<readonly Resolved[] | undefined> {
  if (lock.state === "none") return [];
  if (lock.state === "todo") return undefined;
  const { extras, groups } = want;
  const project = want.project === undefined ? undefined : resolve(session.folder, want.project);
  const selection = { target: targetOf(want), extras, groups };
  const all = await resolveLock(session, lock, {
    ...selection,
    ...(project === undefined ? {} : { project }),
  });
  // the project itself is known already; a virtual one has nothing to install
  return all.filter(
    (each) => each.kind !== "directory" || (each.path !== project && !isVirtualProject(each.path)),
  );
}

function builtProject(session: PackageSession, { project }: PackageWant): string | undefined {
  if (project === undefined) return undefined;
  const folder = resolve(session.folder, project);
  return isVirtualProject(folder) ? undefined : folder;
}

/** Of a project that is built its wheel is all; else what stands beside the project's or the requirements' file. */
function unnamedSources(
  session: PackageSession,
  want: PackageWant,
  built: string | undefined,
): readonly SourceArgument[] {
  if (built !== undefined) return [];
  const beside = want.project ?? want.requirements;
  const folder = beside === undefined ? session.folder : lockFolder(want, session.folder);
  const prefix = relativeName(session.folder, folder);
  return defaultSources(folder).map((name) => (prefix === "." ? name : `${prefix}/${name}`));
}

async function sourcesOf(
  session: PackageSession,
  want: PackageWant,
  names: readonly SourceArgument[],
): Promise<readonly OwnFile[]> {
  const { exclude, include } = await patternsOf(want);
  const unwanted = (path: string): boolean => exclude(path) && !include(path);
  const found = await sourceFiles(names, { folder: session.folder, wanted: include, unwanted });
  return found
    .filter(({ path }) => !unwanted(path))
    .map((source) => {
      const { sha256, size } = session.factsOf(source.file);
      return { ...source, sha256, size };
    });
}
