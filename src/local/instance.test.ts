import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bootId, processEntry } from "../host/process-table.ts";
import { isAlive, readInstance, recordInstance, type Instance } from "./instance.ts";

const mine: Instance = {
  pid: process.pid,
  startTime: processEntry(process.pid)?.startTime ?? 0,
  bootId: bootId(),
  port: 41_234,
  python: "3.11",
  version: "1.0",
};

test("a process that merely got the same id is not taken for the embedded AWS", () => {
  expect(isAlive(mine)).toBe(true);
  expect(isAlive({ ...mine, startTime: mine.startTime + 1 })).toBe(false);
  expect(isAlive({ ...mine, bootId: "another start of the machine" })).toBe(false);
});

test("what was written down is read again, and what is not ours counts as nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "touchdown-instance-"));
  try {
    expect(await readInstance(folder)).toBeUndefined();
    await recordInstance(folder, mine);
    expect(await readInstance(folder)).toEqual(mine);
    for (const text of ["", "{", "[]", '{"pid": 1}']) {
      await writeFile(join(folder, "running.json"), text);
      expect(await readInstance(folder)).toBeUndefined();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
