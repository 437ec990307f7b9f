import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { freePort, isPortFree } from "../host/free-port.ts";
import { forgetProcessGroup, recordProcessGroup, stopSurvivor } from "../host/process-group.ts";
import { bootId, processEntry } from "../host/process-table.ts";
import { startDetached } from "../host/start-detached.ts";
import { emulatorEnvironment } from "./emulator-environment.ts";
import { becomesHealthy } from "./health.ts";
import { isAlive, recordInstance, type Instance } from "./instance.ts";
import { exposedAddresses } from "./loopback.ts";
import type { Provisioned } from "./provision.ts";
import { ministackVersion } from "./requirements.ts";

export function endpointOf({ port }: { readonly port: number }): string {
  return `http://127.0.0.1:${port}`;
}

export function logFileIn(folder: string): string {
  return join(folder, "ministack.log");
}

/**
 * Start the embedded AWS and wait until it answers. The caller holds the folder's lock.
 *
 * @throws FILE_WRITE, LOCAL_EXPOSED, LOCAL_PORT, LOCAL_PORT_IN_USE, LOCAL_START
 */
export async function launch(folder: string, provisioned: Provisioned): Promise<Instance> {
  const asked = await askedPort(process.env["TOUCHDOWN_LOCAL_PORT"]);
  await clean(folder);
  for (let attempt = 1; ; attempt++) {
    const port = asked ?? (await freePort());
    const instance = await startOn(port, folder, provisioned);
    if (instance !== undefined) {
      await recordInstance(folder, instance);
      return instance;
    }
    // a free port may be taken by another process before ministack listens on it
    const taken = !(await isPortFree(port));
    if (taken && asked !== undefined) throw portInUse(asked);
    if (!taken || attempt === 3) throw await startFailure(folder);
  }
}

/** Stop it, its functions' processes, and what a killed one has left of them. Says whether anything ran. */
export async function stopProcesses(folder: string): Promise<boolean> {
  return (await stopSurvivor(recordsIn(folder), groupName, { graceMs: 5_000 })) !== undefined;
}

const groupName = "ministack";

function recordsIn(folder: string): string {
  return join(folder, "groups");
}

async function askedPort(text: string | undefined): Promise<number | undefined> {
  if (!text) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new TouchdownError("LOCAL_PORT", `TOUCHDOWN_LOCAL_PORT is ${text}, which is no port`, {
      hint: "set it to a number from 1 to 65535, or unset it to have a free port chosen",
    });
  }
  if (!(await isPortFree(port))) throw portInUse(port);
  return port;
}

function portInUse(port: number): TouchdownError {
  return new TouchdownError(
    "LOCAL_PORT_IN_USE",
    `port ${port}, which TOUCHDOWN_LOCAL_PORT names, is in use`,
    { hint: "stop what listens there, name another port, or unset it to have a free one chosen" },
  );
}

async function clean(folder: string): Promise<void> {
  // a killed one leaves the code of its functions behind
  await rm(join(folder, "tmp"), { recursive: true, force: true });
  for (const name of ["tmp", "home"]) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  }
  const log = logFileIn(folder);
  await rename(log, `${log}.1`).catch(() => {}); // there is none the first time
}

/** The healthy instance, or `undefined` where it ended first or never answered; nothing of it runs then. */
async function startOn(
  port: number,
  folder: string,
  { program, python }: Provisioned,
): Promise<Instance | undefined> {
  // -I: no module of the user's may get between
  const command = [program, "-I", "-u", "-X", "utf8", "-m", "ministack"] as const;
  const pid = await startDetached([...command], {
    cwd: folder,
    env: emulatorEnvironment(process.env, { folder, port }),
    outputFile: logFileIn(folder),
    onStart: (id) => recordProcessGroup(recordsIn(folder), groupName, id),
  });
  const startTime = processEntry(pid)?.startTime ?? 0;
  const version = ministackVersion;
  const instance: Instance = { pid, startTime, bootId: bootId(), port, python, version };
  const healthy = await becomesHealthy(endpointOf(instance), {
    atMostMs: 60_000,
    isAlive: () => isAlive(instance),
  });
  const exposed = healthy ? exposedAddresses(pid) : [];
  if (healthy && exposed.length === 0) return instance;
  await stopProcesses(folder);
  if (!healthy) return undefined;
  throw new TouchdownError(
    "LOCAL_EXPOSED",
    `AWS on this machine listened beyond loopback, at ${exposed.join(", ")}, and was stopped`,
    { hint: "this is a bug: please report it" },
  );
}

async function startFailure(folder: string): Promise<TouchdownError> {
  forgetProcessGroup(recordsIn(folder), groupName);
  const log = logFileIn(folder);
  const text = await readFile(log, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const said = lines.slice(-8).map((line) => `  ${line}`);
  return new TouchdownError("LOCAL_START", "AWS on this machine did not start", {
    hint: [`its log is ${log}`, ...said].join("\n"),
  });
}
