import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootId, processEntry, processTable, type ProcessEntry } from "./process-table.ts";
import { stopGroup } from "./stop-group.ts";
import { sha256Hex } from "./sha256.ts";

type GroupRecord = { readonly pid: number; readonly startTime: number; readonly bootId: string };

/**
 * Write down the process group of a command that has just started, so that a later run can stop it should this
 * one be killed. Synchronous: call it in `run`'s `onStart`, before the command can outlive us unrecorded.
 *
 * @param folder  where records are kept; made when missing
 * @param name    which command, the same in every run; any text
 */
export function recordProcessGroup(folder: string, name: string, pid: number): void {
  const entry = processEntry(pid);
  if (entry === undefined) return; // it has ended already
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const record: GroupRecord = { pid, startTime: entry.startTime, bootId: bootId() };
  const temporary = `${recordPath(folder, name)}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
  renameSync(temporary, recordPath(folder, name));
}

/** Whether there is a record: the command runs, or its end was never seen. */
export function isRecorded(folder: string, name: string): boolean {
  return readRecord(recordPath(folder, name)) !== undefined;
}

/** Remove the record, once the command has ended. */
export function forgetProcessGroup(folder: string, name: string): void {
  rmSync(recordPath(folder, name), { force: true });
}

/**
 * Stop what is left of a recorded command, and remove its record. A process that merely got the same id is left
 * alone, as are those that made a session of their own.
 *
 * @returns  the group's id and the ids of the processes that still ran, or `undefined` if there was nothing to stop
 */
export async function stopSurvivor(
  folder: string,
  name: string,
  options: { readonly graceMs?: number } = {},
): Promise<{ readonly group: number; readonly pids: readonly number[] } | undefined> {
  const record = readRecord(recordPath(folder, name));
  if (record === undefined) return undefined;
  const survivors = survivorsOf(record, processTable());
  if (survivors.length > 0) await stopGroup(record.pid, { graceMs: options.graceMs ?? 5_000 });
  forgetProcessGroup(folder, name);
  if (survivors.length === 0) return undefined;
  return { group: record.pid, pids: survivors.map((entry) => entry.pid) };
}

/**
 * Which processes belong to the recorded group. The kernel gives an id to no new process while a group bears it,
 * so: another process with the leader's id means that the group is gone; with no leader, a member older than the
 * record is of another group.
 */
export function survivorsOf(record: GroupRecord, table: readonly ProcessEntry[]): ProcessEntry[] {
  if (record.bootId !== bootId() || record.pid === process.pid) return [];
  const leader = table.find((entry) => entry.pid === record.pid);
  if (leader !== undefined && leader.startTime !== record.startTime) return [];
  return table.filter(
    (entry) => entry.group === record.pid && !entry.zombie && entry.startTime >= record.startTime,
  );
}

function readRecord(path: string): GroupRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // none, or not one of ours
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { pid, startTime, bootId: boot } = value as Partial<Record<keyof GroupRecord, unknown>>;
  if (typeof pid !== "number" || typeof startTime !== "number" || typeof boot !== "string")
    return undefined;
  // kill(-1) and kill(0) would mean everything, and our own group
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, startTime, bootId: boot };
}

function recordPath(folder: string, name: string): string {
  return join(folder, `${sha256Hex(name).slice(0, 32)}.json`);
}
