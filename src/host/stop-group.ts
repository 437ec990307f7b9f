import { setTimeout as sleep } from "node:timers/promises";
import { processTable } from "./process-table.ts";

/**
 * End a process group: SIGTERM, then, for what is left after `graceMs`, SIGKILL. Returns when it is gone, or when
 * even SIGKILL has not ended it within two seconds (a process stuck in the kernel).
 */
export async function stopGroup(
  group: number,
  options: { readonly graceMs: number },
): Promise<void> {
  if (process.platform === "win32") return signalProcess(group, "SIGKILL");
  signalProcess(-group, "SIGTERM");
  if (await gone(group, options.graceMs)) return;
  signalProcess(-group, "SIGKILL");
  await gone(group, 2_000);
}

async function gone(group: number, atMostMs: number): Promise<boolean> {
  const end = performance.now() + atMostMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(2 * pauseMs, 200)) {
    if (!processTable().some((entry) => entry.group === group && !entry.zombie)) return true;
    if (performance.now() >= end) return false;
    await sleep(pauseMs);
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already, or not ours to stop: the caller sees what is left
  }
}
