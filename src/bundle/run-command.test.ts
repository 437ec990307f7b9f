import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processTable } from "../host/process-table.ts";
import { readIfExists } from "../host/files.ts";
import { bundleWorld, outputOf, warningsOf } from "../../test/support/bundle-world.ts";
import type { BundleWorld, Declare } from "../../test/support/bundle-world.ts";

let world: BundleWorld;
beforeEach(async () => {
  world = await bundleWorld();
});
afterEach(() => world.remove());

const inside = (name: string): string => join(world.folder, name);
const textOf = async (name: string): Promise<string> =>
  (await readIfExists(inside(name)))?.toString("utf8") ?? "";

test("at its timeout a command is stopped and named", async () => {
  const { errors } = await world.apply((bundle) => {
    bundle.addExecute({ command: "echo going; sleep 60", timeoutMs: 300 });
  });
  expect(errors).toEqual([
    `COMMAND_TIMEOUT echo going; sleep 60 in ${world.folder} did not end within 0.3 s and was stopped (its last lines:\ngoing)`,
  ]);
});

test("Ctrl-C lets the running command finish and starts no other", async () => {
  const ran = world.apply((bundle) => {
    bundle.addExecute({ command: "echo started > log; sleep 0.5; echo ended >> log" });
    bundle.addExecute({ command: "echo next >> log" });
  });
  while ((await textOf("log")) === "") await sleep(10);
  world.controller.abort();
  const { report } = await ran;
  expect(await textOf("log")).toBe("started\nended\n");
  expect(report.failures).toEqual([]);
  expect(report.skipped).toHaveLength(1);
});

const jiti = join(import.meta.dirname, "../../node_modules/jiti/lib/jiti-cli.mjs");
const driver = join(import.meta.dirname, "../../test/support/drive-bundle.ts");

test("after kill -9 the next run stops what still runs of the command, says so, and runs it again", async () => {
  const command = "test -e second && echo again && exit; echo $$ > leader; touch second; sleep 60";
  await writeFile(
    inside("drive.ts"),
    `import { driveBundle } from ${JSON.stringify(driver)};
     await driveBundle(${JSON.stringify(world.folder)}, (bundle) =>
       bundle.addExecute({ command: ${JSON.stringify(command)}, name: "make", creates: "second" }));`,
  );
  const child = spawn(process.execPath, [jiti, "drive.ts"], { cwd: world.folder });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  while ((await readIfExists(inside("second"))) === undefined) await sleep(20);
  child.kill("SIGKILL");
  await ended;
  const group = Number(await textOf("leader"));
  const alive = (): number =>
    processTable().filter((entry) => entry.group === group && !entry.zombie).length;
  expect(alive()).toBeGreaterThan(0);
  const declare: Declare = (bundle) =>
    bundle.addExecute({ command, name: "make", creates: "second" });
  expect((await world.plan(declare)).lines).toEqual([
    "execute make: update",
    "  run: its last run was cut short",
  ]);
  expect(alive()).toBeGreaterThan(0);
  const ran = await world.apply(declare);
  expect(warningsOf(ran)).toEqual([
    `stopped execute make of an earlier run, which was killed (process group ${group})`,
  ]);
  expect(outputOf(ran)).toBe("again\n");
  expect(alive()).toBe(0);
  expect((await world.plan(declare)).report.summary.unchanged).toBe(1);
});

test.skipIf(process.getuid?.() !== 0)(
  "root can run a command as another user, with that user's home (needs root)",
  async () => {
    const ran = await world.apply((bundle) => {
      bundle.addExecute({ command: 'echo "$(id -un) $USER"', user: "nobody", cwd: "/" });
      bundle.addExecute({ command: "id -un", user: "no-such-user" });
    });
    expect(outputOf(ran)).toBe("nobody nobody\n");
    expect(ran.errors).toEqual(["COMMAND_USER there is no user no-such-user on this machine"]);
  },
);
