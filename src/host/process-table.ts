import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** A process that has not ended. A process id is used again; together with the start time it is not. */
export type ProcessEntry = {
  readonly pid: number;
  readonly group: number;
  /** Only comparable on the same machine since its last start: ticks on Linux, milliseconds elsewhere, 0 on Windows. */
  readonly startTime: number;
  /** Ended, but not yet collected by its parent: it runs no more. */
  readonly zombie: boolean;
};

/** Names this start of the machine; process ids and start times mean nothing beyond it. */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

/**
 * Every process this user can see; empty on Windows.
 *
 * @source proc_pid_stat(5), ps(1)
 */
export function processTable(): ProcessEntry[] {
  if (process.platform === "win32") return [];
  if (process.platform !== "linux") return psTable();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => linuxEntry(name) ?? []);
}

/** The process with this id, if it is there. */
export function processEntry(pid: number): ProcessEntry | undefined {
  if (process.platform === "linux") return linuxEntry(String(pid));
  if (process.platform === "win32") return windowsEntry(pid);
  return processTable().find((entry) => entry.pid === pid);
}

function linuxEntry(pid: string): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined; // ended since
  }
  // field 2, the name, is in brackets and may hold spaces and brackets; what follows starts with field 3
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  return {
    pid: Number(pid),
    group: Number(group),
    startTime: Number(fields[22 - 3]),
    zombie: state === "Z",
  };
}

function windowsEntry(pid: number): ProcessEntry | undefined {
  try {
    process.kill(pid, 0); // only asks whether it is there
    return { pid, group: pid, startTime: 0, zombie: false };
  } catch {
    return undefined;
  }
}

function psTable(): ProcessEntry[] {
  const command = ["-A", "-o", "pid=,pgid=,stat=,lstart="];
  const text = execFileSync("ps", command, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
  });
  return parsePs(text);
}

/** Read `ps -A -o pid=,pgid=,stat=,lstart=`, written under `LC_ALL=C TZ=UTC`. */
export function parsePs(text: string): ProcessEntry[] {
  return text.split("\n").flatMap((line) => {
    const [pid, group, state, ...started] = line.trim().split(/\s+/);
    if (state === undefined) return [];
    const startTime = Date.parse(`${started.join(" ")} UTC`);
    return [{ pid: Number(pid), group: Number(group), startTime, zombie: state.startsWith("Z") }];
  });
}
