import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { writeWhole } from "./write-whole.ts";

/** Counts how often a path is not there, until it is told to stop. */
const watcher = `
const { parentPort, workerData: path } = require("node:worker_threads");
const { existsSync } = require("node:fs");
let stop = false, looks = 0, absent = 0;
parentPort.on("message", () => (stop = true));
const look = () => {
  for (let at = 0; at < 500; at++, looks++) if (!existsSync(path)) absent++;
  if (stop) parentPort.postMessage({ looks, absent });
  else setImmediate(look);
};
parentPort.postMessage("begun");
look();
`;

test("a file that is written anew is there all the time, and nothing else is left", async () => {
  const folder = await mkdtemp(join(tmpdir(), "whole-"));
  const path = join(folder, "zip");
  const write = (text: string): Promise<string> =>
    writeWhole(path, async (file) => {
      writeSync(file, text);
      return text;
    });
  await write("first");
  const worker = new Worker(watcher, { eval: true, workerData: path });
  try {
    await once(worker, "message");
    for (let number = 0; number < 2_000; number += 1) await write(String(number));
    worker.postMessage("stop");
    const [seen] = await once(worker, "message");
    expect(seen).toMatchObject({ absent: 0 });
    expect(await readFile(path, "utf8")).toBe("1999");
    expect(await readdir(folder)).toEqual(["zip"]);
  } finally {
    await worker.terminate();
    await rm(folder, { recursive: true });
  }
});
