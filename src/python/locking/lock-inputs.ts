import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { TouchdownError } from "../../errors.ts";
import { errorName, systemReason } from "../../host/system-error.ts";
import { withoutCredentials } from "../uv/credentials.ts";
import type { LockRequest } from "./lock-request.ts";
import { readProjectInputs } from "../projects/project-inputs.ts";
import { lineReference, requirementsLines } from "../projects/requirements-lines.ts";
import { sha256Hex } from "../../host/sha256.ts";

export type LockInputs = {
  /** By path relative to the lock's folder, `/`-separated: the sha256 of what a lock depends on in that file. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Absolute path of every file that was read: while all are as they were, so is the result. */
  readonly read: readonly string[];
  /** What each of the local projects needs to be built, as its pyproject.toml says it. */
  readonly buildRequires: readonly (readonly string[])[];
};

/**
 * Read what a lock is made from: requirements files with those they name, the tables of pyproject.toml that say what
 * a project depends on, the same of each local project that is depended on, and the indexes these files name. Not what
 * this machine is configured with: a mirror elsewhere makes no other lock.
 *
 * @throws LOCK_INPUT
 */
export function readLockInputs(request: LockRequest): LockInputs {
  const collected: Collected = {
    folder: request.folder,
    hashes: new Map(),
    read: new Set(),
    buildRequires: [],
    projects: new Set(),
  };
  for (const file of request.requirements) visitRequirements(file, collected);
  if (request.project !== undefined) visitProject(request.project, collected);
  return {
    hashes: new Map([...collected.hashes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    read: [...collected.read],
    buildRequires: collected.buildRequires,
  };
}

type Collected = {
  readonly folder: string;
  readonly hashes: Map<string, string>;
  readonly read: Set<string>;
  readonly buildRequires: (readonly string[])[];
  readonly projects: Set<string>;
};

function visitRequirements(file: string, collected: Collected): void {
  if (collected.read.has(file)) return;
  const lines = requirementsLines(readText(file, collected));
  note(file, withoutCredentials(lines.join("\n")), collected);
  for (const line of lines) {
    const reference = lineReference(line);
    // one that is fetched from elsewhere is known by its line alone
    if (reference === undefined || /^https?:/.test(reference.place)) continue;
    const place = localPath(dirname(file), reference.place);
    if (reference.kind === "project") visitPlace(place, collected);
    else visitRequirements(place, collected);
  }
}

/** A local project's folder, or a wheel or sdist on this machine, which is known by its bytes. */
function visitPlace(place: string, collected: Collected): void {
  if (isFolder(place)) return visitProject(place, collected);
  if (collected.read.has(place)) return;
  collected.read.add(place);
  note(place, readBytes(place), collected);
}

function visitProject(folder: string, collected: Collected): void {
  if (collected.projects.has(folder)) return;
  collected.projects.add(folder);
  const inputs = readProjectInputs(folder);
  for (const { path, contents } of inputs.files) {
    collected.read.add(path);
    note(path, typeof contents === "string" ? withoutCredentials(contents) : contents, collected);
  }
  if (inputs.buildRequires !== undefined) collected.buildRequires.push(inputs.buildRequires);
  for (const place of inputs.places) visitPlace(place, collected);
}

function note(path: string, contents: string | Uint8Array, { folder, hashes }: Collected): void {
  const name = relative(folder, path).split(sep).join("/");
  hashes.set(name, sha256Hex(contents));
}

function readText(file: string, collected: Collected): string {
  collected.read.add(file);
  return readBytes(file).toString("utf8");
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new TouchdownError("LOCK_INPUT", `cannot read ${file}: ${systemReason(cause)}`, {
      ...(errorName(cause) === "ENOENT" ? { hint: "check the path that names it" } : {}),
      cause,
    });
  }
}

/** `file:../lib`, which pip takes too, is no address by its standard. */
function localPath(folder: string, place: string): string {
  if (place.startsWith("file:/")) return fileURLToPath(place);
  return resolve(folder, place.replace(/^file:/, ""));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
