import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock-file.ts";
import { bootId, processEntry } from "./process-table.ts";
import { run } from "./run.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-lock-"));
  path = join(folder, "locks", "ministack");
});
afterEach(() => rm(folder, { recursive: true }));

const options = { what: "the embedded AWS to be set up", atMostMs: 10_000 };
const self = {
  pid: process.pid,
  startTime: processEntry(process.pid)?.startTime,
  bootId: bootId(),
  host: hostname(),
};
const dead = JSON.stringify({ ...self, startTime: -1, token: "dead" });

async function leave(contents: string): Promise<void> {
  await withLock(path, options, () => {});
  await writeFile(path, contents);
}

test("only one at a time holds a lock, and nothing is left of it", async () => {
  let inside = 0;
  const use = async (): Promise<number> => {
    expect(++inside).toBe(1);
    await new Promise((done) => setTimeout(done, 5));
    return --inside;
  };
  const results = await Promise.all(Array.from({ length: 10 }, () => withLock(path, options, use)));
  expect(results).toEqual(Array(10).fill(0));
  await expect(withLock(path, options, () => Promise.reject(new Error("failed")))).rejects.toThrow(
    "failed",
  );
  expect(await readdir(join(folder, "locks"))).toEqual([]);
});

test("who waits is told once who holds the lock, and in the end refused by name", async () => {
  const told: number[] = [];
  const waited = withLock(path, options, () =>
    withLock(path, { ...options, atMostMs: 100, onWait: (pid) => told.push(pid) }, () => {}),
  );
  await expect(waited).rejects.toMatchObject({
    code: "LOCK_TIMEOUT",
    message: `waited 0.1 s for the embedded AWS to be set up; process ${process.pid} on ${hostname()} holds ${path}`,
  });
  expect(told).toEqual([process.pid]);
  expect(await readdir(join(folder, "locks"))).toEqual([]);
});

test("who waits can be interrupted", async () => {
  const signal = AbortSignal.timeout(50);
  const waited = withLock(path, options, () => withLock(path, { ...options, signal }, () => {}));
  await expect(waited).rejects.toMatchObject({ code: "INTERRUPTED" });
});

test.each([
  ["a process that was killed", dead],
  [
    "a process from before the machine's restart",
    JSON.stringify({ ...self, bootId: "before", token: "dead" }),
  ],
  ["a process that a crash of the machine cut short", ""],
])("the lock of %s is taken over, by one at a time", async (_, contents) => {
  await leave(contents);
  let inside = 0;
  const use = async (): Promise<void> => {
    expect(++inside).toBe(1);
    await new Promise((done) => setTimeout(done, 5));
    inside--;
  };
  await Promise.all(Array.from({ length: 10 }, () => withLock(path, options, use)));
  expect(await readdir(join(folder, "locks"))).toEqual([]);
});

test("a process killed while taking over a dead lock leaves no trap", async () => {
  await leave(dead);
  await writeFile(`${path}.dead`, JSON.stringify({ ...self, startTime: -2, token: "also-dead" }));
  expect(await withLock(path, options, () => "held")).toBe("held");
  expect(await readdir(join(folder, "locks"))).toEqual([]);
});

test("a lock from another machine is never taken over", async () => {
  await leave(JSON.stringify({ ...self, host: "elsewhere", startTime: -1, token: "theirs" }));
  await expect(withLock(path, { ...options, atMostMs: 50 }, () => {})).rejects.toMatchObject({
    code: "LOCK_TIMEOUT",
  });
});

test("processes take turns, though one of them was killed inside", async () => {
  const script = `
    import { appendFile } from "node:fs/promises";
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, "lock-file.ts"))};
    const [path, log, how] = process.argv.slice(2);
    await withLock(path, { what: "a turn", atMostMs: 60_000 }, async () => {
      await appendFile(log, "in ");
      if (how === "die") process.kill(process.pid, "SIGKILL");
      await new Promise((done) => setTimeout(done, 20));
      await appendFile(log, "out ");
    });`;
  const log = join(folder, "log");
  await appendFile(log, "");
  await writeFile(join(folder, "turn.ts"), script);
  const command = [
    process.execPath,
    resolve("node_modules/jiti/lib/jiti-cli.mjs"),
    "turn.ts",
    path,
    log,
  ];
  expect(await run([...command, "die"], { cwd: folder })).toMatchObject({ signal: "SIGKILL" });
  const turns = await Promise.all([1, 2, 3].map(() => run(command, { cwd: folder })));
  expect(turns.map((turn) => turn.stderr + turn.exitCode)).toEqual(["0", "0", "0"]);
  expect(await readFile(log, "utf8")).toBe("in in out in out in out ");
}, 60_000);
