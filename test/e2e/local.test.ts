import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheTag } from "../../src/host/dirs.ts";
import { processEntry } from "../../src/host/process-table.ts";
import { provision } from "../../src/local/provision.ts";
import { localStatus, resetLocal, startLocal, stopLocal } from "../../src/local/server.ts";

const names = [
  "PATH",
  "PIP_FIND_LINKS",
  "PIP_NO_INDEX",
  "TOUCHDOWN_CACHE_DIR",
  "TOUCHDOWN_LOCAL_DIR",
  "TOUCHDOWN_LOCAL_PORT",
  "TOUCHDOWN_PYTHON",
] as const;
const before = new Map(names.map((name) => [name, process.env[name]]));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-local-"));
  process.env["TOUCHDOWN_LOCAL_DIR"] = join(folder, "local");
  delete process.env["TOUCHDOWN_LOCAL_PORT"];
});

afterEach(async () => {
  await stopLocal();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await rm(folder, { recursive: true });
});

async function refusal(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  return promise.then(
    () => {
      throw new Error("it was not refused");
    },
    (error: { code: string; message: string }) => error,
  );
}

function callQueues(endpoint: string, action: string, body: object): Promise<unknown> {
  const headers = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": `AmazonSQS.${action}`,
    Authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request",
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return fetch(endpoint, init).then((response) => response.json());
}

describe("AWS on this machine", () => {
  test("is started once, found by the next, missed when killed, and stopped", async () => {
    expect(await localStatus()).toMatchObject({ running: false, stateLost: false });

    const first = await startLocal();
    expect(first).toMatchObject({ started: true, stateLost: false });
    expect(await localStatus()).toMatchObject({ running: true, healthy: true, pid: first.pid });
    await callQueues(first.endpoint, "CreateQueue", { QueueName: "kept" });

    const second = await startLocal();
    expect(second).toMatchObject({ started: false, pid: first.pid, endpoint: first.endpoint });
    expect(await callQueues(second.endpoint, "ListQueues", {})).toMatchObject({
      QueueUrls: [`${first.endpoint}/000000000000/kept`],
    });

    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => localStatus()).toMatchObject({ running: false, stateLost: true });
    const lines: string[] = [];
    const third = await startLocal({ onProgress: (line) => lines.push(line) });
    expect(third).toMatchObject({ started: true, stateLost: true });
    expect(lines).toEqual(["AWS on this machine had ended: what was in it is gone"]);

    expect(await stopLocal()).toBe(true);
    expect(processEntry(third.pid)?.zombie ?? true).toBe(true);
    expect(await localStatus()).toMatchObject({ running: false, stateLost: false });
    expect(await stopLocal()).toBe(false);
  });

  test("is emptied by a reset, and goes on running", async () => {
    const { endpoint, pid } = await startLocal();
    await callQueues(endpoint, "CreateQueue", { QueueName: "gone" });
    expect(await resetLocal()).toMatchObject({ endpoint, pid });
    expect(await callQueues(endpoint, "ListQueues", {})).not.toHaveProperty("QueueUrls.0");
  });

  test("is started once by two at the same time", async () => {
    const both = await Promise.all([startLocal(), startLocal()]);
    expect(both.filter(({ started }) => started)).toHaveLength(1);
    expect(both[0].pid).toBe(both[1].pid);
  });

  test("can't be reset when it does not run", async () => {
    expect(await refusal(resetLocal())).toMatchObject({
      code: "LOCAL_NOT_RUNNING",
      message: "AWS on this machine does not run",
    });
  });

  test("keeps its log, and that of the start before", async () => {
    const { logFile } = await startLocal();
    expect(await readFile(logFile, "utf8")).toContain("127.0.0.1");
    await stopLocal();
    await startLocal();
    expect(await readFile(`${logFile}.1`, "utf8")).toContain("shutting down");
  });
});

describe("the port that TOUCHDOWN_LOCAL_PORT names", () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });
  afterEach(() => void server.close());

  test("is refused when something else listens on it, and that goes on", async () => {
    process.env["TOUCHDOWN_LOCAL_PORT"] = String(port);
    expect(await refusal(startLocal())).toMatchObject({
      code: "LOCAL_PORT_IN_USE",
      message: `port ${port}, which TOUCHDOWN_LOCAL_PORT names, is in use`,
    });
    expect(server.listening).toBe(true);
    expect(await localStatus()).toMatchObject({ running: false, stateLost: false });
  });

  test("is used when it is free", async () => {
    await new Promise((resolve) => server.close(resolve));
    process.env["TOUCHDOWN_LOCAL_PORT"] = String(port);
    expect(await startLocal()).toMatchObject({ endpoint: `http://127.0.0.1:${port}` });
  });

  test.each(["0", "65536", "http", "80.5"])("is refused when it is %s", async (text) => {
    process.env["TOUCHDOWN_LOCAL_PORT"] = text;
    expect(await refusal(startLocal())).toMatchObject({
      code: "LOCAL_PORT",
      message: `TOUCHDOWN_LOCAL_PORT is ${text}, which is no port`,
    });
  });
});

describe("the first start on a machine", () => {
  beforeEach(() => {
    process.env["TOUCHDOWN_CACHE_DIR"] = join(folder, "cache");
  });

  test("says so when there is no Python", async () => {
    delete process.env["TOUCHDOWN_PYTHON"];
    process.env["PATH"] = folder;
    expect(await refusal(startLocal())).toMatchObject({
      code: "LOCAL_PYTHON_MISSING",
      message: "AWS on this machine needs Python 3.10 or newer, and there is none on the PATH",
    });
  });

  test("says what pip said when nothing can be downloaded, and leaves nothing half made", async () => {
    process.env["PIP_NO_INDEX"] = "1";
    process.env["PIP_FIND_LINKS"] = folder;
    const lines: string[] = [];
    for (let times = 0; times < 2; times++) {
      const error = await refusal(startLocal({ onProgress: (line) => lines.push(line) }));
      expect(error).toMatchObject({
        code: "LOCAL_INSTALL",
        message: expect.stringMatching(
          /^cannot install ministack 1\.5\.33: No matching distribution found for boto3==/,
        ),
        hint: expect.stringContaining("the first start needs the network"),
      });
    }
    const said = /^setting up AWS on this machine, once: ministack 1\.5\.33 for Python 3\.\d+$/;
    expect(lines).toEqual([expect.stringMatching(said), expect.stringMatching(said)]);
    expect(await localStatus()).toMatchObject({ running: false, stateLost: false });
  });
});

test("an installation that was killed half way is made anew, by one of two at once", async () => {
  const { python } = await provision();
  process.env["TOUCHDOWN_CACHE_DIR"] = join(folder, "cache");
  const first = await Promise.all([provision(), provision()]);
  expect(first[0]).toEqual(first[1]);
  expect(first[0].python).toBe(python);

  const cache = join(folder, "cache");
  const [name = ""] = (await readdir(cache)).filter((each) => each !== cacheTag);
  await rm(join(cache, name, "touchdown-complete.json"));
  await rm(join(cache, name, "lib"), { recursive: true });
  await mkdir(join(cache, name, "lib"));
  await writeFile(join(cache, name, "lib", "half"), "");
  const lines: string[] = [];
  expect(await provision({ onProgress: (line) => lines.push(line) })).toEqual(first[0]);
  expect(lines).toHaveLength(1);
  expect(await readdir(join(cache, name, "lib"))).not.toContain("half");
  expect(await startLocal()).toMatchObject({ started: true, python });
});
