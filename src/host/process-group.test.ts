import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  forgetProcessGroup,
  isRecorded,
  recordProcessGroup,
  stopSurvivor,
  survivorsOf,
} from "./process-group.ts";
import { bootId, parsePs, processEntry, processTable } from "./process-table.ts";

let folder: string;
let groups: number[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-group-"));
  groups = [];
});
afterEach(async () => {
  for (const group of groups) {
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // stopped, as it should be
    }
  }
  await rm(folder, { recursive: true });
});

/** Starts a group and waits until its shell says that it is up. */
async function startGroup(script: string): Promise<number> {
  const child = spawn("sh", ["-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (child.pid === undefined) throw new Error("sh did not start");
  groups.push(child.pid);
  recordProcessGroup(folder, "make all", child.pid);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child.pid;
}

const alive = (group: number): number =>
  processTable().filter((p) => p.group === group && !p.zombie).length;

test("what still runs of a recorded command is stopped and reported, once", async () => {
  const group = await startGroup("sleep 60 & echo up; wait");
  expect(isRecorded(folder, "make all")).toBe(true);
  const stopped = await stopSurvivor(folder, "make all");
  expect(stopped?.group).toBe(group);
  expect(stopped?.pids).toHaveLength(2);
  expect(alive(group)).toBe(0);
  expect(isRecorded(folder, "make all")).toBe(false);
  expect(await stopSurvivor(folder, "make all")).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test("children whose leader has ended are stopped too", async () => {
  const group = await startGroup("sleep 60 & echo up");
  while (processEntry(group)?.zombie === false)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const stopped = await stopSurvivor(folder, "make all");
  expect(stopped).toMatchObject({ group });
  expect(alive(group)).toBe(0);
});

test("a survivor that ignores SIGTERM is killed", async () => {
  const group = await startGroup("trap '' TERM; echo up; sleep 60; sleep 60");
  await stopSurvivor(folder, "make all", { graceMs: 100 });
  expect(alive(group)).toBe(0);
});

test("a forgotten command, another name and a damaged record stop nothing", async () => {
  const group = await startGroup("echo up; exec sleep 60");
  expect(await stopSurvivor(folder, "another")).toBeUndefined();
  forgetProcessGroup(folder, "make all");
  expect(await stopSurvivor(folder, "make all")).toBeUndefined();
  recordProcessGroup(folder, "make all", group);
  const [record] = await readdir(folder);
  for (const damaged of ["", "{", "[]", `{"pid":-1,"startTime":0,"bootId":"${bootId()}"}`]) {
    await writeFile(join(folder, record ?? ""), damaged);
    expect(await stopSurvivor(folder, "make all")).toBeUndefined();
  }
  expect(alive(group)).toBe(1);
});

test("a process that merely got the same id is never stopped", () => {
  const record = { pid: 500, startTime: 1_000, bootId: bootId() };
  const entry = { pid: 500, group: 500, startTime: 1_000, zombie: false };
  expect(survivorsOf(record, [entry])).toEqual([entry]);
  const reused = { ...entry, startTime: 2_000 };
  const itsChild = { ...entry, pid: 501, startTime: 2_001 };
  expect(survivorsOf(record, [reused, itsChild])).toEqual([]);
  expect(survivorsOf(record, [{ ...entry, pid: 499, startTime: 999 }])).toEqual([]);
  expect(survivorsOf({ ...record, bootId: "before the restart" }, [entry])).toEqual([]);
});

test("a leader that has ended but was not collected still vouches for its children", () => {
  const record = { pid: 500, startTime: 1_000, bootId: bootId() };
  const leader = { pid: 500, group: 500, startTime: 1_000, zombie: true };
  const child = { pid: 501, group: 500, startTime: 1_001, zombie: false };
  expect(survivorsOf(record, [leader, child])).toEqual([child]);
});

test("ps's table is read as macOS and Linux write it", () => {
  const text =
    "    1     1 Ss   Thu Jan  1 00:00:01 2026\n  501   500 Z+   Fri Oct 31 23:59:59 2025\n";
  expect(parsePs(text)).toEqual([
    { pid: 1, group: 1, startTime: Date.UTC(2026, 0, 1, 0, 0, 1), zombie: false },
    { pid: 501, group: 500, startTime: Date.UTC(2025, 9, 31, 23, 59, 59), zombie: true },
  ]);
});

test("this process is in the process table, with the same start time each time", () => {
  const entry = processEntry(process.pid);
  expect(entry).toMatchObject({ pid: process.pid, zombie: false });
  expect(processTable()).toContainEqual(entry);
});
