import { randomUUID } from "node:crypto";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TouchdownError } from "../errors.ts";
import { readIfExists } from "./files.ts";
import { bootId, processEntry } from "./process-table.ts";
import { errorName, systemReason } from "./system-error.ts";

type Holder = {
  readonly pid: number;
  readonly startTime: number;
  readonly bootId: string;
  readonly host: string;
  /** Tells this holding of the lock from any other. */
  readonly token: string;
};

export type LockOptions = {
  /** What it is held for, as in “waited 60 s for *the embedded AWS to be set up*”. */
  readonly what: string;
  readonly atMostMs: number;
  readonly signal?: AbortSignal;
  /** Called once, when another process holds the lock. */
  readonly onWait?: (holderPid: number) => void;
};

/**
 * Call `use` while no other process holds the lock at `path` (nor this one, from elsewhere). The lock of a process
 * that was killed is taken over.
 *
 * @param path  the lock's file; its folder is made when missing
 * @returns     what `use` returned
 * @throws FILE_WRITE, INTERRUPTED, LOCK_TIMEOUT
 */
export async function withLock<Result>(
  path: string,
  options: LockOptions,
  use: () => Promise<Result> | Result,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await acquire(path, options, performance.now() + options.atMostMs);
  try {
    return await use();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, options: LockOptions, end: number): Promise<void> {
  const mine: Holder = { ...self(), token: randomUUID() };
  const temporary = `${path}.${mine.token}.tmp`;
  await writeFile(temporary, JSON.stringify(mine), { mode: 0o600, flag: "wx" });
  let told = false;
  try {
    for (let pauseMs = 20; ; pauseMs = Math.min(2 * pauseMs, 250)) {
      // link(2) makes the name with its contents at once: no other process ever reads half a lock
      if (await linked(temporary, path)) return;
      const holder = await holderOf(path);
      if (holder === undefined) continue;
      if (isDead(holder)) {
        if (await takeOver(path, { temporary, dead: holder }, options, end)) return;
        continue;
      }
      if (!told) options.onWait?.(holder.pid);
      told = true;
      if (performance.now() >= end) throw heldTooLong(path, holder, options);
      await pause(pauseMs, options);
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Put our lock in a dead one's place. Two processes may both have seen it dead, and the slower must not remove the
 * faster one's lock: so they first lock, in the same way, the right to succeed this one holding (its token is in the
 * name), and then look again. A process killed in between leaves a dead lock on that right, which is taken over too.
 */
async function takeOver(
  path: string,
  { temporary, dead }: { readonly temporary: string; readonly dead: Holder },
  options: LockOptions,
  end: number,
): Promise<boolean> {
  const right = `${path}.${dead.token}`;
  await acquire(right, options, end);
  try {
    if ((await holderOf(path))?.token !== dead.token) return false;
    await rename(temporary, path);
    return true;
  } finally {
    await rm(right, { force: true });
  }
}

async function linked(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorName(error) === "EEXIST") return false;
    throw new TouchdownError("FILE_WRITE", `cannot make the lock ${path}: ${systemReason(error)}`, {
      cause: error,
    });
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  const bytes = await readIfExists(path);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8")) as Holder;
  } catch {
    // whole from its first moment, so a crash of the machine cut it short
    return {
      pid: 0,
      startTime: 0,
      bootId: "before a crash",
      host: hostname(),
      token: "unreadable",
    };
  }
}

async function pause(pauseMs: number, { signal, what }: LockOptions): Promise<void> {
  await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(
    (cause: unknown) => {
      throw new TouchdownError("INTERRUPTED", `interrupted while waiting for ${what}`, { cause });
    },
  );
}

function self(): Omit<Holder, "token"> {
  const startTime = processEntry(process.pid)?.startTime ?? 0;
  return { pid: process.pid, startTime, bootId: bootId(), host: hostname() };
}

/** Of a process on another machine, which a shared folder makes possible, nothing is known: it counts as alive. */
function isDead(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  if (holder.bootId !== bootId()) return true;
  const entry = processEntry(holder.pid);
  return entry === undefined || entry.zombie || entry.startTime !== holder.startTime;
}

function heldTooLong(path: string, holder: Holder, options: LockOptions): TouchdownError {
  const waited = `waited ${options.atMostMs / 1000} s for ${options.what}`;
  return new TouchdownError(
    "LOCK_TIMEOUT",
    `${waited}; process ${holder.pid} on ${holder.host} holds ${path}`,
    {
      hint: "wait for that process to end, or stop it; if it is not touchdown, remove the file",
    },
  );
}
