/** The exact Python whose bytecode goes into a package: the one that touchdown's own lock names. */
import { basename } from "node:path";
import { readFileSync } from "node:fs";
import { TouchdownError } from "../errors.ts";
import type { BytecodePython } from "./bytecode/bytecode-python.ts";
import { lockPath, type LockRequest } from "./locking/lock-request.ts";
import { bytecodeVersion, readLockTable } from "./locking/lock-table.ts";
import type { PackageWant } from "./package-schema.ts";
import type { PackageSession } from "./session.ts";
import { relativeName } from "./sources.ts";
import { factsOf, pythonRuntimes, targetOf, type Target } from "./wheel/targets.ts";

export interface PythonStanding {
  /** What this machine has: the one that is locked, if it can be. */
  readonly python: BytecodePython;
  /** Where that is not the one that is locked. */
  readonly differs?: {
    /** `3.13.0` */
    readonly locked: string;
    /** The lock's name, for messages. */
    readonly lock: string;
    /** As the rest of a sentence about the lock. */
    readonly why: string;
    /** By touchdown, or by its user, who named it. */
    readonly kept: "here" | "elsewhere";
  };
}

/**
 * Where touchdown keeps the lock and may write it, one that names another Python is noted as one to write.
 *
 * @throws BYTECODE_PYTHON, INTERRUPTED
 */
export async function pythonStanding(
  session: PackageSession,
  want: PackageWant,
  lock: { readonly path: string; readonly kept: "here" | "elsewhere" } | undefined,
): Promise<PythonStanding | undefined> {
  if (!want.bytecode) return undefined;
  const { minor } = factsOf(want);
  const locked = lock === undefined ? undefined : lockedVersion(lock.path, minor);
  const python = await session.python(targetOf(want), locked);
  if (lock === undefined || locked === undefined || locked === python.version) return { python };
  const why = `its bytecode is by Python ${locked}, and this machine has ${python.version}`;
  const name = relativeName(session.folder, lock.path);
  if (lock.kept === "here") session.noteLockTodo(lock.path, `${name}: ${why}`);
  return { python, differs: { locked, lock: name, why, kept: lock.kept } };
}

/**
 * The exact Pythons that a lock is to name: those it names already, where this machine has them, else this machine's.
 *
 * @param options.anew  whatever it names
 * @throws BYTECODE_PYTHON, INTERRUPTED
 */
export async function bytecodeVersions(
  session: PackageSession,
  request: LockRequest,
  { anew }: { readonly anew: boolean },
): Promise<readonly string[]> {
  const path = lockPath(request);
  const found = (request.bytecode ?? []).flatMap((minor) => {
    const runtime = pythonRuntimes.find((each) => each === `python3.${minor}`);
    if (runtime === undefined) return [];
    const target: Target = { runtime, architecture: "x86_64" };
    return [session.python(target, anew ? undefined : lockedVersion(path, minor))];
  });
  return (await Promise.all(found)).map(({ version }) => version);
}

/** Undefined where a lock names none, or is not there. */
function lockedVersion(path: string, minor: number): string | undefined {
  if (!basename(path).startsWith("pylock.")) return undefined;
  try {
    const table = readLockTable(readFileSync(path, "utf8"));
    return table === undefined ? undefined : bytecodeVersion(table, minor);
  } catch {
    return undefined; // missing or damaged: whoever needs the lock says so
  }
}

/** @throws BYTECODE_PYTHON where another Python is locked, and the lock may not be written */
export function requireLockedPython(
  session: PackageSession,
  standing: PythonStanding | undefined,
): void {
  const differs = standing?.differs;
  if (differs === undefined || (differs.kept === "here" && !session.locked)) return;
  const { locked, lock, why, kept } = differs;
  const onward =
    kept === "here"
      ? "move on with touchdown lock where you develop, and commit what it writes"
      : "make the lock anew";
  throw new TouchdownError("BYTECODE_PYTHON", `the lock ${lock} does not fit: ${why}`, {
    hint: `install that one, for example with: uv python install ${locked}; or ${onward}`,
  });
}
