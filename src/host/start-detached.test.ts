import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processTable } from "./process-table.ts";
import { startDetached } from "./start-detached.ts";
import { stopGroup } from "./stop-group.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-detached-"));
});
afterEach(() => rm(folder, { recursive: true }));

const settings = () => ({
  cwd: folder,
  env: { ONLY: "this" },
  outputFile: join(folder, "log"),
  onStart: () => {},
});

test("a program started to outlive us leads a group of its own and writes to its file", async () => {
  const script = "console.log(process.env.ONLY); setInterval(() => {}, 1000)";
  const pid = await startDetached([process.execPath, "-e", script], settings());
  try {
    const entry = processTable().find((one) => one.pid === pid);
    expect(entry?.group).toBe(pid);
    await expect.poll(() => readFile(join(folder, "log"), "utf8")).toBe("this\n");
  } finally {
    await stopGroup(pid, { graceMs: 2_000 });
  }
});

test("a program that is not there is an error that names it", async () => {
  await expect(startDetached(["/missing/program"], settings())).rejects.toMatchObject({
    code: "COMMAND_NOT_FOUND",
  });
});
