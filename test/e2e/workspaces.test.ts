import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import type { Asked } from "../support/fault-proxy.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
beforeAll(async () => {
  aws = await embeddedAws();
});
beforeEach(() => aws.reset());
afterAll(() => aws.stop());

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** Functions in one region or two, a role in both, a queue that each is told of. */
function touchdownfile(
  functions: readonly string[],
  { moved = [], queue = "jobs", regions = ["eu-west-1"], name = "media" }: Declared = {},
): string {
  return `import { python, touchdown } from "touchdown-aws";
export default touchdown({ name: ${JSON.stringify(name)} }, (workspace) => {
  for (const region of ${JSON.stringify(regions)}) {
    const aws = workspace.addAws({ region, name: region });
    const queue = aws.addQueue({ name: ${JSON.stringify(queue)} });
    const role = aws.addRole({ name: "of-" + region });
    for (const [name, from] of ${JSON.stringify(functions.map((each) => [each, moved[0]]))}) {
      const made = aws.addLambdaFunction({
        name,
        role,
        handler: "main.f",
        environment: { QUEUE: queue.getProperty("QueueUrl") },
        code: python\`def f(event, context): return 1\`,
      });
      if (from !== undefined && name === ${JSON.stringify(moved[1] ?? "")}) workspace.moved(made, { from });
    }
    ${queue === "jobs" ? "" : 'workspace.moved(queue, { from: "jobs" });'}
  }
});
`;
}

interface Declared {
  readonly moved?: readonly [from: string, to: string] | readonly [];
  readonly queue?: string;
  readonly regions?: readonly string[];
  readonly name?: string;
}

async function run(file: string, words: readonly string[], more: object = {}): Promise<Ran> {
  const env = { TOUCHDOWN_LOCAL_DIR: aws.folder };
  return inFolder({ "Touchdownfile.ts": file }, (cwd) =>
    touchdown([...words, "--local"], { cwd, env, ...more }),
  );
}

const summaryOf = (ran: Ran) => eventsOf(ran).at(-1);

async function functionsIn(region: string): Promise<string[]> {
  const { Lambda } = await import("@aws-sdk/client-lambda");
  const lambda = new Lambda({ endpoint: aws.endpoint, region, credentials });
  const { Functions = [] } = await lambda.listFunctions({});
  return Functions.map(({ FunctionName = "" }) => FunctionName).toSorted();
}

async function queuesIn(region: string): Promise<string[]> {
  const { SQS } = await import("@aws-sdk/client-sqs");
  const sqs = new SQS({ endpoint: aws.endpoint, region, credentials });
  const { QueueUrls = [] } = await sqs.listQueues({});
  return QueueUrls.map((url) => url.split("/").at(-1) ?? "").toSorted();
}

test("one function is renamed, one removed and pruned, in two regions of an account", async () => {
  const regions = ["eu-west-1", "eu-central-1"];
  const before = touchdownfile(["api", "worker", "old"], { regions });
  expect((await run(before, ["apply", "--yes"])).exitCode).toBe(0);
  const clean = await run(before, ["plan"]);
  expect(clean.stdout).toBe("Nothing to do: 10 resources are as declared.\n");

  const after = touchdownfile(["api", "jobber"], { regions, moved: ["worker", "jobber"] });
  const planned = await run(after, ["plan"]);
  expect(planned.exitCode).toBe(0);
  for (const region of regions) {
    expect(planned.stdout).toContain(
      `function worker (${region})\n  * delete: function jobber (${region}) takes its place\n`,
    );
    expect(planned.stdout).toContain(
      `no longer declared: function old (${region}) (touchdown apply --prune deletes it)\n`,
    );
  }
  expect(planned.stdout.match(/no longer declared/gu)).toHaveLength(2);
  const json = eventsOf(await run(after, ["plan", "--json"]));
  expect(json.filter(({ type }) => type === "undeclared")).toEqual(
    regions
      .toSorted()
      .map((region) => expect.objectContaining({ name: `function old (${region})` })),
  );
  expect(json.at(-1)).toMatchObject({ created: 2, deleted: 2 });

  const renamed = await run(after, ["apply", "--yes", "--json"]);
  expect(summaryOf(renamed)).toMatchObject({ created: 2, deleted: 2, failed: 0 });
  expect(await functionsIn("eu-central-1")).toEqual(["api", "jobber", "old"]);

  const pruned = await run(after, ["apply", "--yes", "--prune", "--json"]);
  expect(summaryOf(pruned)).toMatchObject({ created: 0, deleted: 2, failed: 0 });
  for (const region of regions) expect(await functionsIn(region)).toEqual(["api", "jobber"]);
  const quiet = await run(after, ["plan", "--detailed-exitcode"]);
  expect(quiet).toMatchObject({
    exitCode: 0,
    stdout: "Nothing to do: 8 resources are as declared.\n",
  });
});

test("killed where the first thing is to be deleted, all that is new is there, and the next apply finishes a rename", async () => {
  const proxy = await faultProxy(aws.endpoint);
  try {
    const env = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    // A queue's address has the proxy's in it: all go through it.
    const apply = (file: string, words: readonly string[], more: object = {}) =>
      inFolder({ "Touchdownfile.ts": file }, (cwd) =>
        touchdown(["apply", "--yes", "--json", "--endpoint-url", proxy.endpoint, ...words], {
          cwd,
          env,
          ...more,
        }),
      );
    await apply(touchdownfile(["api"]), []);
    const after = touchdownfile(["renamed"], { moved: ["api", "renamed"], queue: "jobs-2" });
    let kill: (signal: "SIGKILL") => void = () => undefined;
    const before = async ({ method, path }: Asked): Promise<void> => {
      if (method !== "DELETE") return;
      expect(path).toContain("/functions/api");
      kill("SIGKILL");
      // Of a process that is dead nothing goes on, nor does what it had asked for.
      await new Promise(() => undefined);
    };
    proxy.use({ before });
    const killed = await apply(after, [], { onStart: (given: typeof kill) => (kill = given) });
    expect(killed.exitCode).toBeUndefined();
    expect(await functionsIn("eu-west-1")).toEqual(["api", "renamed"]);
    expect(await queuesIn("eu-west-1")).toEqual(["jobs", "jobs-2"]);
    proxy.use({});
    expect(summaryOf(await apply(after, []))).toMatchObject({
      created: 0,
      updated: 0,
      deleted: 2,
      failed: 0,
    });
    expect(await functionsIn("eu-west-1")).toEqual(["renamed"]);
    expect(await queuesIn("eu-west-1")).toEqual(["jobs-2"]);
    expect(summaryOf(await apply(after, ["--prune"]))).toMatchObject({
      created: 0,
      updated: 0,
      deleted: 0,
      unchanged: 3,
    });
  } finally {
    await proxy.stop();
  }
});

test("what another workspace owns is refused, by both names", async () => {
  await run(touchdownfile(["api"]), ["apply", "--yes"]);
  const refused = await run(touchdownfile(["api"], { name: "billing" }), ["apply", "--yes"]);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(
    "queue jobs (eu-west-1) belongs to workspace media, not to billing [OWNED_ELSEWHERE]",
  );
  expect((await run(touchdownfile(["api"]), ["plan"])).stdout).toContain("Nothing to do");
});

test("--prune needs a workspace with a name, and no names of resources", async () => {
  const nameless = "export default () => undefined;\n";
  const without = await run(nameless, ["apply", "--yes", "--prune"]);
  expect([without.exitCode, without.stderr]).toEqual([
    2,
    expect.stringContaining("--prune takes a workspace with a name"),
  ]);
  const named = await run(touchdownfile(["api"]), ["apply", "--yes", "--prune-data", "api"]);
  expect([named.exitCode, named.stderr]).toEqual([
    2,
    expect.stringContaining("--prune-data looks at all that the workspace owns"),
  ]);
});
