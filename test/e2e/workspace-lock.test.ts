import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { S3 } from "@aws-sdk/client-s3";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inFolder, touchdown } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { readTrace } from "../support/trace-format.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
let s3: S3;
let env: Record<string, string>;
beforeAll(async () => {
  aws = await embeddedAws();
  env = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const { endpoint } = aws;
  s3 = new S3({ endpoint, region: "eu-west-1", credentials, forcePathStyle: true });
  await s3.createBucket({ Bucket: "team-locks" });
});
afterAll(() => aws.stop());

/** A slow command and what comes after it, under a lock. */
const file = `export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1", lock: { bucket: "BUCKET", key: "KEY" } });
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addExecute({ command: "echo started; while test ! -e go; do sleep 0.1; done; touch made", creates: "made" });
  bundle.addFile({ name: "after.txt", contents: "x" });
};
`;
const under = (key: string, bucket = "team-locks") => ({
  "Touchdownfile.ts": file.replace("KEY", key).replace("BUCKET", bucket),
});

/** Let the command end. */
const go = (cwd: string) => writeFile(join(cwd, "go"), "");

async function lockAt(key: string): Promise<Record<string, unknown>> {
  const { Body } = await s3.getObject({ Bucket: "team-locks", Key: key });
  return JSON.parse((await Body?.transformToString()) ?? "") as Record<string, unknown>;
}

/** Calls back once, when the command runs. */
function whenStarted(act: () => Promise<unknown>) {
  let acted: Promise<unknown> | undefined;
  return {
    onStderr: (text: string) => {
      if (text.includes("| started")) acted ??= act();
    },
    acted: () => acted,
  };
}

test("a second apply and a destroy are refused, with who holds the lock; a plan is not", async () => {
  await inFolder(under("held"), async (cwd) => {
    const during = whenStarted(async () => {
      const second = await touchdown(["apply", "--yes"], { cwd, env });
      const destroy = await touchdown(["destroy", "--yes"], { cwd, env });
      const plan = await touchdown(["plan"], { cwd, env });
      await go(cwd);
      return { second, destroy, plan };
    });
    const ran = await touchdown(["apply", "--yes"], { cwd, env, onStderr: during.onStderr });
    expect(ran).toMatchObject({ exitCode: 0 });
    const { second, destroy, plan } = (await during.acted()) as Record<
      string,
      { exitCode: number; stderr: string; stdout: string }
    >;
    expect(second?.exitCode).toBe(1);
    expect(second?.stderr).toMatch(
      /^error s3:\/\/team-locks\/held is held by \S+@\S+ since \S+Z \(touchdown apply, pid \d+\) \[WORKSPACE_LOCKED\]\n {2}wait until that run is done, as --lock-timeout 600 does; /u,
    );
    expect(destroy?.stderr).toContain("[WORKSPACE_LOCKED]");
    expect(plan).toMatchObject({ exitCode: 0 });
    expect(await lockAt("held")).toMatchObject({ released: expect.any(String) as string });
    expect((await touchdown(["apply", "--yes"], { cwd, env })).exitCode).toBe(0);
  });
});

test("with --lock-timeout a second apply waits for its turn, and then does what is left", async () => {
  await inFolder(under("waited-for"), async (cwd) => {
    let second: ReturnType<typeof touchdown> | undefined;
    const during = whenStarted(() => {
      const onStderr = (text: string) => {
        if (text.includes("waiting for s3://team-locks/waited-for")) void go(cwd);
      };
      second = touchdown(["apply", "--yes", "--lock-timeout", "600"], { cwd, env, onStderr });
      return second;
    });
    const first = await touchdown(["apply", "--yes"], { cwd, env, onStderr: during.onStderr });
    expect(first.exitCode).toBe(0);
    const waited = await second;
    expect(waited).toMatchObject({
      exitCode: 0,
      stdout: "Nothing to do: 2 resources are as declared.\n",
    });
    expect(waited?.stderr).toMatch(
      /^waiting for s3:\/\/team-locks\/waited-for, which is held by \S+@\S+ since \S+Z \(touchdown apply, pid \d+\), at most 10 min\n/u,
    );
    const wrong = await touchdown(["destroy", "--yes", "--lock-timeout", "10m"], { cwd, env });
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      'error --lock-timeout takes whole seconds, such as 600, got "10m" [USAGE]\n',
    ]);
  });
});

test("the lock is given back after a failure and after Ctrl-C", async () => {
  await inFolder(under("given-back"), async (cwd) => {
    const interrupted = await touchdown(["apply", "--yes"], {
      cwd,
      env,
      onStderr: (text, kill) => {
        if (text.includes("| started")) kill("SIGINT");
        if (text.includes("stopping:")) void go(cwd);
      },
    });
    expect(interrupted.exitCode).toBe(130);
    expect(await lockAt("given-back")).toMatchObject({ released: expect.any(String) as string });
  });
  const failing = {
    "Touchdownfile.ts": under("given-back")["Touchdownfile.ts"].replace("echo", "exit 3;"),
  };
  await inFolder(failing, async (cwd) => {
    expect((await touchdown(["apply", "--yes"], { cwd, env })).exitCode).toBe(1);
    expect(await lockAt("given-back")).toMatchObject({ released: expect.any(String) as string });
  });
});

test("Ctrl-C twice leaves the lock, and says until when, and how it goes", async () => {
  await inFolder(under("left"), async (cwd) => {
    const stopped = await touchdown(["apply", "--yes"], {
      cwd,
      env,
      onStderr: (text, kill) => {
        if (text.includes("| started") || text.includes("stopping:")) kill("SIGINT");
      },
    });
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stderr).toMatch(
      /\nstopped at once: s3:\/\/team-locks\/left is held until \S+Z; touchdown unlock takes it away before\n$/u,
    );
    await go(cwd);
    const taken = await touchdown(["unlock", "--yes"], { cwd, env });
    expect(taken.stdout).toContain("s3://team-locks/left is free now\n");
  });
});

test("what the lock calls is in the summary's count, the events and the trace", async () => {
  await inFolder({ ...under("counted"), go: "" }, async (cwd) => {
    const words = ["apply", "--yes", "--json", "--timings", "trace.json"];
    const { stdout } = await touchdown(words, { cwd, env });
    const events = stdout.trim().split("\n");
    const calls = events
      .map((line) => JSON.parse(line) as { readonly type: string; readonly operation?: string })
      .flatMap(({ type, operation }) => (type === "call" ? [operation] : []));
    // is there one, take it, give it back
    expect(calls).toEqual(["GetObject", "PutObject", "PutObject"]);
    expect(JSON.parse(events.at(-1) ?? "")).toMatchObject({ type: "summary", apiCalls: 3 });
    const trace = readTrace(readFileSync(join(cwd, "trace.json"), "utf8"));
    expect(trace.filter(({ name }) => name === "S3 PutObject")).toHaveLength(2);
    const again = await touchdown(["apply", "--yes", "--verbose"], { cwd, env });
    expect(again.stderr).toMatch(/; 3 AWS calls, /u);
  });
});

test("unlock shows the holder and takes the lock away; that run begins nothing new", async () => {
  await inFolder(under("taken"), async (cwd) => {
    const during = whenStarted(async () => {
      const asked = await touchdown(["unlock"], { cwd, env });
      const taken = await touchdown(["unlock", "--yes"], { cwd, env });
      // It finds out when it renews the lock.
      await sleep(17_000);
      await go(cwd);
      return { asked, taken };
    });
    const ran = await touchdown(["apply", "--yes"], { cwd, env, onStderr: during.onStderr });
    const { asked, taken } = (await during.acted()) as Record<
      string,
      { exitCode: number; stderr: string; stdout: string }
    >;
    expect(asked).toMatchObject({ exitCode: 2 });
    expect(taken?.stdout).toMatch(
      /^s3:\/\/team-locks\/taken is held by \S+ since \S+ \(touchdown apply, pid \d+\)\ns3:\/\/team-locks\/taken is free now\n$/u,
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(
      /not tried file after\.txt \(this run lost s3:\/\/team-locks\/taken: /u,
    );
    expect(ran.stderr).toContain("ran touchdown unlock [WORKSPACE_LOCK_LOST]");
    expect(existsSync(join(cwd, "made"))).toBe(true);
    expect(existsSync(join(cwd, "after.txt"))).toBe(false);
    const free = await touchdown(["unlock", "--yes"], { cwd, env });
    expect(free).toMatchObject({ exitCode: 0, stdout: "s3://team-locks/taken is free\n" });
  });
}, 60_000);

test("a bucket that is not there, or a file that is no lock, is said before anything is done", async () => {
  await inFolder(under("x", "no-such-bucket"), async (cwd) => {
    const ran = await touchdown(["apply", "--yes"], { cwd, env });
    expect(ran.stderr).toContain(
      "error bucket no-such-bucket, which holds the lock, does not exist [MISSING]\n",
    );
  });
  await s3.putObject({ Bucket: "team-locks", Key: "other", Body: "{}" });
  await inFolder(under("other"), async (cwd) => {
    const ran = await touchdown(["apply", "--yes"], { cwd, env });
    expect(ran).toMatchObject({ exitCode: 1 });
    expect(ran.stderr).toContain("s3://team-locks/other is not a lock of touchdown [FILE_IN_WAY]");
    expect(existsSync(join(cwd, "made"))).toBe(false);
  });
});

test("without a lock there is nothing to unlock", async () => {
  await inFolder({ "Touchdownfile.ts": "export default () => {};\n" }, async (cwd) => {
    const ran = await touchdown(["unlock", "--yes"], { cwd, env });
    expect(ran).toMatchObject({ exitCode: 0, stdout: "" });
    expect(ran.stderr).toBe("Nothing to unlock: no addAws of the Touchdownfile has a lock.\n");
  });
});

test("a lock may be in a table, and goes by the workspace's name", async () => {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const dynamodb = new DynamoDB({ endpoint: aws.endpoint, region: "eu-west-1", credentials });
  await dynamodb.createTable({
    TableName: "team-locks",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
  });
  const named = `import { touchdown } from "touchdown-aws";
export default touchdown({ name: "media" }, (workspace) => {
  workspace.addAws({ region: "eu-west-1", lock: { table: "team-locks" } });
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addFile({ name: "made.txt", contents: "x" });
});
`;
  await inFolder({ "Touchdownfile.ts": named }, async (cwd) => {
    expect((await touchdown(["apply", "--yes"], { cwd, env })).exitCode).toBe(0);
    const { Items = [] } = await dynamodb.scan({ TableName: "team-locks" });
    expect(Items.map(({ LockID }) => LockID?.S)).toEqual(["media.lock"]);
    expect(Items[0]?.["Lock"]?.S).toContain('"released"');
    const free = await touchdown(["unlock", "--yes"], { cwd, env });
    expect(free.stdout).toBe("dynamodb://team-locks/media.lock is free\n");
  });
});
