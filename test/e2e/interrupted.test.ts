import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanEnvironment, command, eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
beforeAll(async () => {
  aws = await embeddedAws();
});
afterAll(() => aws.stop());

const seed = Number(process.env["TOUCHDOWN_TEST_SEED"] ?? Date.now() % 100_000);

/** Numbers between 0 and 1 that depend on the seed alone. @source Numerical Recipes, quick generators */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A queue, files and commands, two roles and two functions that need them. */
const file = `import { python, serializers } from "touchdown-aws";
export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const queue = aws.addQueue({ name: "q", visibilityTimeout: 45, tags: { team: "media" } });
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  const settings = serializers.json({ url: queue.getProperty("QueueUrl") });
  bundle.addFile({ name: "settings.json", contents: settings });
  bundle.addExecute({
    command: "sleep 0.3; cp settings.json made.tmp && mv made.tmp made.json",
    unless: "cmp -s settings.json made.json",
  });
  const made = bundle.addOutput({ name: "made.json" });
  for (const name of ["one", "two"]) {
    aws.addLambdaFunction({
      name,
      role: aws.addRole({ name, description: "of " + name, maxSessionDuration: 7200 }),
      handler: "main.f",
      environment: { MADE: made },
      timeout: 30,
      code: python\`def f(event, context): return 1\`,
    });
  }
};
`;

const summaryOf = (ran: Ran) => eventsOf(ran).at(-1);

test(`killed at five random moments, the next apply finishes and the one after has nothing to do (seed ${seed})`, async () => {
  const next = random(seed);
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const env = { TOUCHDOWN_LOCAL_DIR: aws.folder };
    const words = ["apply", "--local", "--yes", "--json"];
    for (let round = 0; round < 5; round += 1) {
      // The run takes about 1.5 s, the first half second of which it only starts.
      const moment = 300 + next() * 1_300;
      const killed = await touchdown(words, {
        cwd,
        env,
        onStart: (kill) => void sleep(moment).then(() => kill("SIGKILL")),
      });
      expect([undefined, 0]).toContain(killed.exitCode);
      const finished = await touchdown(words, { cwd, env });
      expect(finished.exitCode).toBe(0);
      expect(summaryOf(finished)).toMatchObject({ failed: 0 });
      const after = await touchdown(words, { cwd, env });
      expect(summaryOf(after)).toMatchObject({ created: 0, updated: 0, unchanged: 8, failed: 0 });
      expect(await versionsOf("one")).toEqual(["$LATEST", "1"]);
      await touchdown(["destroy", "--local", "--yes"], { cwd, env });
    }
  });
});

/** A slow command, and a file that comes after it. */
const slow = `export default (workspace) => {
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  bundle.addExecute({ command: "echo started; sleep 2; touch made", creates: "made" });
  bundle.addFile({ name: "after.txt", contents: "x" });
};
`;

test("Ctrl-C once finishes what runs, starts nothing new and says what was not tried", async () => {
  await inFolder({ "Touchdownfile.ts": slow }, async (cwd) => {
    const ran = await touchdown(["apply", "--yes"], {
      cwd,
      onStderr: (text, kill) => {
        if (text.includes("| started")) kill("SIGINT");
      },
    });
    expect(ran.exitCode).toBe(130);
    expect(ran.stderr).toContain("stopping: what runs is finished first");
    expect(ran.stderr).toMatch(/not tried file after\.txt/u);
    const next = await touchdown(["apply", "--yes", "--json"], { cwd });
    expect(summaryOf(next)).toMatchObject({ created: 1, unchanged: 1, failed: 0 });
  });
});

test("Ctrl-C twice stops at once, and the next run does what is left", async () => {
  await inFolder({ "Touchdownfile.ts": slow }, async (cwd) => {
    const ran = await touchdown(["apply", "--yes"], {
      cwd,
      onStderr: (text, kill) => {
        if (text.includes("| started") || text.includes("stopping:")) kill("SIGINT");
      },
    });
    expect(ran.exitCode).toBe(130);
    const next = await touchdown(["apply", "--yes", "--json"], { cwd });
    expect(next.exitCode).toBe(0);
    expect(summaryOf(await touchdown(["apply", "--yes", "--json"], { cwd }))).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 2,
    });
  });
});

/** Runs its words in a terminal, closes that when the command runs, as the shell then says too; prints what was made by the end. */
const closing = `import os, signal, sys
from pty import fork
pid, terminal = fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
said = b""
while b"| started" not in said: said += os.read(terminal, 65536)
os.close(terminal)
try: os.kill(pid, signal.SIGHUP)
except ProcessLookupError: pass
os.waitpid(pid, 0)
print([name for name in ("made", "after.txt") if os.path.exists(name)])
`;

test("a terminal that is closed is one Ctrl-C: what runs is finished, though nothing can be said", async () => {
  await inFolder({ "Touchdownfile.ts": slow }, async (cwd) => {
    const words = ["-c", closing, process.execPath, command, "apply", "--yes"];
    const env = { ...cleanEnvironment(), NO_COLOR: "1" };
    const { status, stdout } = spawnSync("python3", words, { cwd, env, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "['made']\n" });
  });
});

async function versionsOf(name: string): Promise<(string | undefined)[]> {
  const { Lambda } = await import("@aws-sdk/client-lambda");
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const lambda = new Lambda({ endpoint: aws.endpoint, region: "eu-west-1", credentials });
  const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName: name });
  return Versions.map(({ Version }) => Version);
}
