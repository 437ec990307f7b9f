import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { errorName, systemReason } from "../../host/system-error.ts";
import { readLockInputs } from "./lock-inputs.ts";
import { lockPath, oldestMinor, type LockRequest } from "./lock-request.ts";
import { bytecodeVersion, lockFormat, readLockTable, type LockTable } from "./lock-table.ts";

/** `stale` says why, as the rest of a sentence about the lock. */
export type LockState = "current" | "missing" | { readonly stale: string };

/**
 * Whether a lock is there and was made from what is there now. Starts no process. A `pylock.toml` that touchdown did
 * not write is never stale: it is obeyed as it is.
 *
 * @throws ARGUMENT, FILE_READ, LOCK_INPUT
 */
export function lockState(request: LockRequest): LockState {
  const text = readLock(lockPath(request));
  if (text === undefined) return "missing";
  let table: LockTable | undefined;
  try {
    table = readLockTable(text);
  } catch {
    return { stale: "its [tool.touchdown] table is damaged" };
  }
  if (table === undefined) return "current";
  const reason = differenceOf(table, request);
  return reason === undefined ? "current" : { stale: reason };
}

/**
 * Refuse a lock that is missing or stale, where none may be written.
 *
 * @throws ARGUMENT, FILE_READ, LOCK_INPUT, LOCK_STALE
 */
export function requireCurrentLock(request: LockRequest): void {
  const state = lockState(request);
  if (state === "current") return;
  const path = lockPath(request);
  const what = state === "missing" ? `${path} is missing` : `${path} is stale: ${state.stale}`;
  throw new TouchdownError("LOCK_STALE", what, {
    hint: `run touchdown lock, and commit ${basename(path)}`,
  });
}

function differenceOf(table: LockTable, request: LockRequest): string | undefined {
  if (table.format !== lockFormat) return `it is of format ${table.format}, not ${lockFormat}`;
  const oldest = Number(/^>=3\.(\d+)$/.exec(table.python)?.[1]);
  // a later Python is covered: the lock is for that one and all after it
  if (!(oldest <= oldestMinor(request)))
    return `it is for Python ${table.python}, and 3.${oldestMinor(request)} is used`;
  for (const kind of ["extras", "groups"] as const) {
    const [have, want] = [table[kind], request[kind]].map((one) => one.toSorted().join(", "));
    if (have !== want) return `its ${kind} are ${have || "none"}, and ${want || "none"} are wanted`;
  }
  const unnamed = request.bytecode?.find((minor) => bytecodeVersion(table, minor) === undefined);
  if (unnamed !== undefined) return `it does not say which Python 3.${unnamed} compiles bytecode`;
  return changedInput(table.inputs, readLockInputs(request).hashes);
}

function changedInput(
  locked: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): string | undefined {
  for (const [path, hash] of now) {
    const before = locked.get(path);
    if (before === undefined) return `${path} was not part of what it was made from`;
    if (before !== hash) return `${path} has changed`;
  }
  for (const path of locked.keys()) {
    if (!now.has(path)) return `${path}, which it was made from, is no longer part of it`;
  }
  return undefined;
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (errorName(cause) === "ENOENT") return undefined;
    throw new TouchdownError("FILE_READ", `cannot read ${path}: ${systemReason(cause)}`, { cause });
  }
}
