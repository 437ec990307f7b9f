import { realpath, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { readIfExists, statIfExists, writeAtomic } from "../../host/files.ts";
import { lockBackends } from "./lock-backends.ts";
import { readLockInputs, type LockInputs } from "./lock-inputs.ts";
import { lockPath, oldestMinor, type LockRequest } from "./lock-request.ts";
import { lockFormat, readLockTable, type BackendLock } from "./lock-table.ts";
import { lockText } from "./lock-text.ts";
import { parseDocument } from "../projects/toml-table.ts";
import { lastLines, runUv, universalCompile } from "../uv/run-uv.ts";
import { buildNeeds, type BuildNeeds } from "../build/build-needs.ts";
import { buildsOfLock } from "../build/builds-of-lock.ts";
import type { FetchSdists } from "../build/sdist-requires.ts";
import type { Uv } from "../uv/uv.ts";

export type CompileLockOptions = {
  readonly uv: Uv;
  /** `true` for every version anew, names for those; otherwise what the lock has is kept where it still fits. */
  readonly upgrade?: true | readonly string[];
  /** The exact Pythons that compile bytecode: `3.13.0`. */
  readonly bytecode?: readonly string[];
  /** Gets sdists that must be built, so that what they need for that is locked too. */
  readonly fetchSdists: FetchSdists;
  readonly signal?: AbortSignal;
};

/**
 * Write the lock, or leave it where it would be the same. It is for every platform and for the oldest Python wanted
 * and all after it, with the hash of every file, and with what each build needs, locked too.
 *
 * @returns `changed`: whether anything was written
 * @throws ARGUMENT, FILE_READ, FILE_WRITE, GIT_FAILED, GIT_MISSING, INTERRUPTED, LOCK_INPUT, LOCK_UNRESOLVED, SDIST
 */
export async function compileLock(
  request: LockRequest,
  options: CompileLockOptions,
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const path = lockPath(request);
  const inputs = readLockInputs(request);
  const before = (await readIfExists(path))?.toString("utf8");
  const text = await temporaryFolder("touchdown-lock", async (folder) => {
    const written = await resolveAll(request, { ...options, folder, before });
    const needs = await needsOf(written, request, options, folder);
    const table = {
      format: lockFormat,
      python: `>=3.${oldestMinor(request)}`,
      extras: request.extras.toSorted(),
      groups: request.groups.toSorted(),
      bytecode: options.bytecode ?? [],
      inputs: inputs.hashes,
      builds: new Map([...needs.builds].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      backends: await lockBackends([...inputs.buildRequires, ...needs.requires], {
        ...options,
        folder: request.folder,
        minor: oldestMinor(request),
        before: backendsOf(before),
      }),
    };
    return lockText(written, { from: folder, to: await realpath(request.folder) }, table);
  });
  checkUnchanged(inputs, readLockInputs(request));
  if (text === before) return { path, changed: false };
  await writeAtomic(path, text);
  return { path, changed: true };
}

function needsOf(
  written: string,
  { minors }: LockRequest,
  { fetchSdists, signal }: CompileLockOptions,
  folder: string,
): Promise<BuildNeeds> {
  const sources = buildsOfLock(written, { path: join(folder, "pylock.toml"), minors });
  return buildNeeds(sources, { fetch: fetchSdists, signal });
}

type Resolving = CompileLockOptions & {
  readonly folder: string;
  readonly before: string | undefined;
};

/** What is in the output file already, uv keeps where it can. */
async function resolveAll(request: LockRequest, resolving: Resolving): Promise<string> {
  const { uv, upgrade, folder, before, signal } = resolving;
  const output = join(folder, "pylock.toml");
  const isKept = before !== undefined && upgrade !== true && isToml(before);
  if (isKept) await writeFile(output, before);
  const project = request.project === undefined ? [] : [await projectFile(request.project)];
  const sources = [...project, ...request.requirements].map((file) =>
    relative(request.folder, file),
  );
  if (sources.length === 0) throw nothingToLock(request);
  const names = Array.isArray(upgrade) ? upgrade : [];
  const result = await runUv(
    uv,
    [
      ...universalCompile(oldestMinor(request), output),
      "--format",
      "pylock.toml",
      ...request.extras.flatMap((extra) => ["--extra", extra]),
      ...request.groups.flatMap((group) => [
        "--group",
        `${project[0] ?? "pyproject.toml"}:${group}`,
      ]),
      ...(upgrade === true ? ["--upgrade"] : []),
      ...names.flatMap((name) => ["--upgrade-package", name]),
      "--",
      ...sources,
    ],
    { cwd: request.folder, ...(signal === undefined ? {} : { signal }) },
  );
  const written = (await readIfExists(output))?.toString("utf8");
  if (result.exitCode === 0 && written !== undefined) return written;
  throw new TouchdownError(
    "LOCK_UNRESOLVED",
    `uv could not make ${basename(lockPath(request))} from ${sources.join(", ")}`,
    { hint: `uv said:\n${lastLines(result, 20)}` },
  );
}

async function projectFile(project: string): Promise<string> {
  for (const name of ["pyproject.toml", "setup.py", "setup.cfg"]) {
    const path = join(project, name);
    if ((await statIfExists(path)) !== undefined) return path;
  }
  return join(project, "pyproject.toml");
}

/** One that a merge left in conflict is made anew: uv would stop at it. */
function isToml(text: string): boolean {
  try {
    parseDocument(text);
    return true;
  } catch {
    return false;
  }
}

function backendsOf(lock: string | undefined): readonly BackendLock[] {
  try {
    return (lock === undefined ? undefined : readLockTable(lock))?.backends ?? [];
  } catch {
    return []; // damaged: it is being made anew
  }
}

/** An edit while uv ran must not be taken for locked. */
function checkUnchanged(before: LockInputs, after: LockInputs): void {
  for (const [path, hash] of after.hashes) {
    if (before.hashes.get(path) === hash) continue;
    throw new TouchdownError("LOCK_INPUT", `${path} changed while it was being locked`, {
      hint: "lock again",
    });
  }
}

function nothingToLock(request: LockRequest): TouchdownError {
  return new TouchdownError("LOCK_INPUT", `there is nothing to lock in ${request.folder}`, {
    hint: "name a requirements file or a project",
  });
}
