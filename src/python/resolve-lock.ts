/** A lock → the files and folders that one package is made of, for one target. */
import { dirname, relative, resolve, sep } from "node:path";
import { TouchdownError } from "../errors.ts";
import { bestWheel, chooseWheel } from "./wheel/choose-wheel.ts";
import type { LocatedPackage } from "./lock/index-files.ts";
import type { LockedFile, LockedPackage, Selection } from "./lock/locked.ts";
import type { PackageSession } from "./session.ts";
import { relativeName } from "./sources.ts";
import { sha256Hex } from "../host/sha256.ts";

/** One distribution, and what its wheel is or is to be built from. */
export type Resolved = {
  /** As in PEP 503. */
  readonly name: string;
  readonly version?: string;
} & (
  | { readonly kind: "wheel"; readonly file: LockedFile }
  | {
      readonly kind: "sdist";
      readonly file: LockedFile;
      /** The folder in it that is built, where it is not the top. */
      readonly subdirectory?: string;
    }
  /** `path` is absolute. */
  | { readonly kind: "directory"; readonly path: string }
  | {
      readonly kind: "vcs";
      readonly url: string;
      readonly commit: string;
      readonly subdirectory?: string;
    }
);

const bucket = "resolved-v2";

/**
 * What a lock says for a selection, remembered under the lock's bytes: the second time no TOML is parsed.
 *
 * @param lock  absolute, and the sha256 of its bytes
 * Asks indexes, or uv, where files are that the lock has no address of.
 *
 * @throws what the lock's reader and `locatePackages` throw; WHEEL_NONE
 */
export async function resolveLock(
  session: PackageSession,
  lock: { readonly path: string; readonly sha256: string },
  selection: Selection,
): Promise<readonly Resolved[]> {
  const store = await session.store();
  const folder = dirname(lock.path);
  const identity = identityOf(lock, selection);
  return session.once(`resolve ${folder} ${identity}`, async () => {
    const key = sha256Hex(identity);
    const known = store.readRecord(bucket, key) as readonly Resolved[] | undefined;
    if (known !== undefined) return known.map((each) => placed(each, folder));
    const { readLock } = await import("./lock/read-lock.ts");
    const doubts = new Set<string>();
    const onPatch = (doubt: string) => void doubts.add(doubt);
    const packages = await readLock(lock.path, { ...selection, onPatch });
    for (const doubt of doubts) session.warn(doubt);
    const found = await located(session, packages, { lock: lock.path, selection });
    const resolved = await Promise.all(found.map((each) => chosen(each, selection)));
    const kept = resolved.map((each) => unplaced(each, folder));
    store.writeRecord(bucket, key, kept);
    return resolved;
  });
}

/** Of a lock that has no addresses only those files are looked for that are to be had. */
async function located(
  session: PackageSession,
  packages: readonly LockedPackage[],
  { lock, selection }: { readonly lock: string; readonly selection: Selection },
): Promise<readonly LocatedPackage[]> {
  const needed = await Promise.all(packages.map((each) => withBestFile(each, selection)));
  if (needed.every(isLocated)) return needed;
  const { locatePackages } = await import("./lock/locate-packages.ts");
  const { signal } = session;
  return locatePackages(needed, {
    lock: relativeName(session.folder, lock),
    folder: dirname(lock),
    target: selection.target,
    uv: () => session.uv(),
    keyring: await session.keyring(),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** @throws WHEEL_NONE */
async function withBestFile(locked: LockedPackage, { target }: Selection): Promise<LockedPackage> {
  const { source, ...about } = locked;
  if (source.kind !== "files") return locked;
  const { wheels, sdist, ...rest } = source;
  const wheel = bestWheel(wheels, target);
  if (wheel === undefined && sdist !== undefined)
    return { ...about, source: { ...rest, wheels: [], sdist } };
  const best = wheel ?? (await chooseWheel({ ...about, wheels }, target));
  return { ...about, source: { ...rest, wheels: [best] } };
}

function isLocated(locked: LockedPackage): locked is LocatedPackage {
  const { source } = locked;
  if (source.kind === "hashes") return false;
  if (source.kind !== "files") return true;
  const files = [...source.wheels, ...(source.sdist === undefined ? [] : [source.sdist])];
  return files.every(({ url, path }) => url !== undefined || path !== undefined);
}

async function chosen(locked: LocatedPackage, { target }: Selection): Promise<Resolved> {
  const { name, version, source } = locked;
  const named = { name, ...(version === undefined ? {} : { version }) };
  if (source.kind === "directory") {
    const path = resolve(source.path, source.subdirectory ?? ".");
    return { ...named, kind: "directory", path };
  }
  if (source.kind === "vcs") {
    const { type, url, commit, subdirectory } = source;
    if (type !== "git") throw notGit(name, type);
    return {
      ...named,
      kind: "vcs",
      url,
      commit,
      ...(subdirectory === undefined ? {} : { subdirectory }),
    };
  }
  const { wheels, sdist, subdirectory } = source;
  const within = subdirectory === undefined ? {} : { subdirectory };
  const wheel = bestWheel(wheels, target);
  if (wheel !== undefined) return { ...named, kind: "wheel", file: wheel };
  if (sdist !== undefined) return { ...named, kind: "sdist", file: sdist, ...within };
  return { ...named, kind: "wheel", file: await chooseWheel({ ...named, wheels }, target) };
}

function notGit(name: string, type: string): TouchdownError {
  return new TouchdownError("LOCK_VCS", `${name} is locked from ${type}, and only git is known`, {
    hint: "take it from a release, or from a git repository",
  });
}

/** The same for a clone elsewhere. */
function identityOf(lock: { path: string; sha256: string }, selection: Selection): string {
  const { target, extras, groups, project } = selection;
  const folder = dirname(lock.path);
  const parts = [
    lock.path.slice(folder.length),
    lock.sha256,
    target.runtime,
    target.architecture,
    extras.toSorted(),
    groups.toSorted(),
    project === undefined ? "" : posix(relative(folder, project)),
  ];
  return JSON.stringify(parts);
}

/** Folders and files are kept relative to the lock's folder, so that a clone elsewhere finds them again. */
function unplaced(each: Resolved, folder: string): Resolved {
  if (each.kind === "directory") return { ...each, path: posix(relative(folder, each.path)) };
  if (each.kind === "vcs" || each.file.path === undefined) return each;
  return { ...each, file: { ...each.file, path: posix(relative(folder, each.file.path)) } };
}

function placed(each: Resolved, folder: string): Resolved {
  if (each.kind === "directory") return { ...each, path: resolve(folder, each.path) };
  if (each.kind === "vcs" || each.file.path === undefined) return each;
  return { ...each, file: { ...each.file, path: resolve(folder, each.file.path) } };
}

function posix(path: string): string {
  return path.split(sep).join("/");
}
