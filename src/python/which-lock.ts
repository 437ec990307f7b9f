/** Which lock a package obeys, or is to have. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import { isTable, parseDocument, tableOf } from "./projects/toml-table.ts";
import type { LockInputs } from "./session.ts";

export interface Locking {
  /** A lock that the user named. */
  readonly lock?: string | undefined;
  readonly project?: string | undefined;
  readonly requirements?: string | undefined;
}

export type WhichLock =
  /** Nothing is depended on. */
  | { readonly kind: "none" }
  /** Somebody else keeps it: obeyed as it is. */
  | { readonly kind: "given"; readonly path: string }
  /** touchdown writes it, in `folder`. */
  | { readonly kind: "own"; readonly folder: string };

/** Other tools' locks, in the order they are looked for beside a project. */
const locksOfTools = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"] as const;

/**
 * @param options.folder    the Touchdownfile's
 * @param options.isLocked  whether a requirements file pins and hashes everything
 * @throws LOCK_MISSING where a lock that is named is not there
 */
export function whichLock(
  { lock, project, requirements }: Locking,
  options: { readonly folder: string; readonly isLocked: (path: string) => boolean },
): WhichLock {
  const { folder, isLocked } = options;
  if (lock !== undefined) return { kind: "given", path: mustBeThere(resolve(folder, lock), lock) };
  if (project === undefined && requirements === undefined) return { kind: "none" };
  const own = lockFolder({ project, requirements }, folder);
  const kept = resolve(own, "pylock.toml");
  if (existsSync(kept)) {
    return isOurs(kept) ? { kind: "own", folder: own } : { kind: "given", path: kept };
  }
  if (project === undefined || requirements !== undefined) {
    const file = resolve(folder, requirements ?? "");
    const whole = project === undefined && existsSync(file) && isLocked(file);
    return whole ? { kind: "given", path: file } : { kind: "own", folder: own };
  }
  const found = lockOfTool(own);
  return found === undefined ? { kind: "own", folder: own } : { kind: "given", path: found };
}

/** Where a lock stands: beside the project, or the requirements. @param folder  the Touchdownfile's */
export function lockFolder({ project, requirements }: Locking, folder: string): string {
  return project === undefined
    ? dirname(resolve(folder, requirements ?? ""))
    : resolve(folder, project);
}

/** What touchdown's own lock is written from. */
export function lockInputs(
  args: Locking & { readonly extras: readonly string[]; readonly groups: readonly string[] },
): LockInputs {
  const { project, requirements, extras, groups } = args;
  return {
    ...(project === undefined ? {} : { project }),
    ...(requirements === undefined ? {} : { requirements }),
    extras: extras.toSorted(),
    groups: groups.toSorted(),
  };
}

function lockOfTool(project: string): string | undefined {
  const here = locksOfTools.map((name) => join(project, name)).find((path) => existsSync(path));
  return here ?? workspaceLock(project);
}

/** A member of a uv workspace is locked in the workspace's root. */
function workspaceLock(member: string): string | undefined {
  for (let place = dirname(member); ; place = dirname(place)) {
    const lock = join(place, "uv.lock");
    if (existsSync(lock) && isWorkspace(join(place, "pyproject.toml"))) return lock;
    if (place === dirname(place)) return undefined;
  }
}

/** Most say it with a heading, which is found without parsing. */
function isWorkspace(pyproject: string): boolean {
  if (!existsSync(pyproject)) return false;
  const text = readFileSync(pyproject, "utf8");
  if (/^\[tool\.uv\.workspace\]/mu.test(text)) return true;
  if (!/\bworkspace\b/u.test(text)) return false;
  try {
    return isTable(tableOf(tableOf(parseDocument(text), "tool"), "uv")["workspace"]);
  } catch {
    return false; // refused where it is read for itself
  }
}

function isOurs(path: string): boolean {
  return /^\[tool\.touchdown\]/mu.test(readFileSync(path, "utf8"));
}

function mustBeThere(path: string, named: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  throw new TouchdownError("LOCK_MISSING", `there is no lock ${named}`, {
    hint: "name one that exists, or leave lock out and let touchdown write one",
  });
}
