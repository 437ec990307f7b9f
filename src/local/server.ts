import { rm } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { withLock } from "../host/lock-file.ts";
import { localFolder } from "./folder.ts";
import { becomesHealthy, isHealthy } from "./health.ts";
import { forgetInstance, isAlive, readInstance, type Instance } from "./instance.ts";
import { endpointOf, launch, logFileIn, stopProcesses } from "./launch.ts";
import { provision, type ProvisionOptions } from "./provision.ts";

export type Local = {
  /** For example `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  readonly pid: number;
  /** What functions run with, for example `3.11`. */
  readonly python: string;
  readonly logFile: string;
};

export type LocalStatus =
  | (Local & { readonly running: true; readonly healthy: boolean })
  | {
      readonly running: false;
      readonly logFile: string;
      /** It ended without being asked to (killed, or the machine restarted): what was in it is gone. */
      readonly stateLost: boolean;
    };

/**
 * The embedded AWS, started unless it runs already. It outlives this process and keeps what is in it in memory until
 * it is stopped. Settings: `TOUCHDOWN_LOCAL_PORT`, `TOUCHDOWN_LOCAL_DIR`, `TOUCHDOWN_PYTHON`.
 *
 * @returns `started`: it did not run before; `stateLost`: one before it ended without being asked to, with all in it
 * @throws FILE_WRITE, FOLDER_WRITE, INTERRUPTED, LOCAL_EXPOSED, LOCAL_INSTALL, LOCAL_PORT, LOCAL_PORT_IN_USE,
 *         LOCAL_PYTHON_MISSING, LOCAL_START, LOCAL_UNHEALTHY, LOCK_TIMEOUT
 */
export async function startLocal(
  options: ProvisionOptions = {},
): Promise<Local & { readonly started: boolean; readonly stateLost: boolean }> {
  const folder = await localFolder();
  const running = await findRunning(folder);
  if (running !== undefined) return { ...running, started: false, stateLost: false };
  return locked(folder, options, async () => {
    const startedSince = await findRunning(folder);
    if (startedSince !== undefined) return { ...startedSince, started: false, stateLost: false };
    const stateLost = (await readInstance(folder)) !== undefined;
    if (stateLost) options.onProgress?.("AWS on this machine had ended: what was in it is gone");
    await stopProcesses(folder);
    const instance = await launch(folder, await provision(options));
    return { ...describe(folder, instance), started: true, stateLost };
  });
}

/**
 * Stop the embedded AWS, and with it all that is in it. Says whether it ran.
 *
 * @throws FILE_WRITE, FOLDER_WRITE, LOCK_TIMEOUT
 */
export async function stopLocal(): Promise<boolean> {
  const folder = await localFolder();
  return locked(folder, {}, async () => {
    const stopped = await stopProcesses(folder);
    await forgetInstance(folder);
    await rm(join(folder, "tmp"), { recursive: true, force: true });
    return stopped;
  });
}

/**
 * Whether the embedded AWS runs, and where; changes nothing.
 *
 * @throws FILE_READ, FOLDER_WRITE
 */
export async function localStatus(): Promise<LocalStatus> {
  const folder = await localFolder();
  const instance = await readInstance(folder);
  if (instance === undefined || !isAlive(instance)) {
    return { running: false, logFile: logFileIn(folder), stateLost: instance !== undefined };
  }
  const healthy = await isHealthy(endpointOf(instance));
  return { ...describe(folder, instance), running: true, healthy };
}

/**
 * Remove all that is in the embedded AWS; it goes on running.
 *
 * @throws FOLDER_WRITE, LOCAL_NOT_RUNNING, LOCAL_UNHEALTHY
 */
export async function resetLocal(): Promise<Local> {
  const folder = await localFolder();
  const running = await findRunning(folder);
  if (running === undefined) {
    throw new TouchdownError("LOCAL_NOT_RUNNING", "AWS on this machine does not run", {
      hint: "touchdown local start starts it, with nothing in it",
    });
  }
  const response = await fetch(`${running.endpoint}/_ministack/reset`, {
    method: "POST",
    signal: AbortSignal.timeout(30_000),
  }).catch(() => undefined);
  if (response?.ok !== true) throw unhealthy(folder);
  await response.arrayBuffer();
  return running;
}

/** @throws LOCAL_UNHEALTHY  where its process is there but does not answer */
async function findRunning(folder: string): Promise<Local | undefined> {
  const instance = await readInstance(folder);
  if (instance === undefined || !isAlive(instance)) return undefined;
  const healthy = await becomesHealthy(endpointOf(instance), {
    atMostMs: 20_000,
    isAlive: () => isAlive(instance),
  });
  if (healthy) return describe(folder, instance);
  if (!isAlive(instance)) return undefined;
  throw unhealthy(folder);
}

function unhealthy(folder: string): TouchdownError {
  return new TouchdownError("LOCAL_UNHEALTHY", "AWS on this machine runs, but does not answer", {
    hint: `touchdown local stop ends it, and all that is in it; its log is ${logFileIn(folder)}`,
  });
}

function describe(folder: string, instance: Instance): Local {
  const { pid, python } = instance;
  return { endpoint: endpointOf(instance), pid, python, logFile: logFileIn(folder) };
}

function locked<Result>(
  folder: string,
  { onProgress, signal }: ProvisionOptions,
  use: () => Promise<Result>,
): Promise<Result> {
  const lock = {
    what: "AWS on this machine to be started or stopped",
    atMostMs: 900_000,
    onWait: (pid: number) =>
      onProgress?.(`waiting for process ${pid}, which starts or stops AWS on this machine`),
    ...(signal === undefined ? {} : { signal }),
  };
  return withLock(join(folder, "start.lock"), lock, use);
}
