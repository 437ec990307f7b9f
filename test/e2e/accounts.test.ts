import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";

/** The embedded AWS takes an access key of twelve digits for the account's number. */
const build = "111111111111";
const prod = "222222222222";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
let env: Record<string, string>;
beforeAll(async () => {
  aws = await embeddedAws();
  const keys = { AWS_ACCESS_KEY_ID: build, AWS_SECRET_ACCESS_KEY: "secret" };
  env = { AWS_ENDPOINT_URL: aws.endpoint, ...keys };
});
afterAll(() => aws.stop());

/** A queue in prod that two regions' functions write to; prod is reached by a role. */
const file = `import { python } from "touchdown-aws";
export default (workspace) => {
  const assumeRole = { arn: "arn:aws:iam::${prod}:role/deploy" };
  const prod = { assumeRole, expectAccount: "${prod}" };
  const build = workspace.addAws({ name: "build", region: "eu-west-1", expectAccount: "${build}" });
  const ireland = workspace.addAws({ name: "prod", region: "eu-west-1", ...prod });
  const frankfurt = workspace.addAws({ name: "frankfurt", region: "eu-central-1", ...prod });
  const code = python\`import os
def f(event, context): return os.environ["QUEUE"]\`;
  const writer = build.addRole({ name: "writer" });
  const queue = frankfurt.addQueue({
    name: "jobs",
    policy: {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: writer.getProperty("Arn") }, Action: "sqs:SendMessage", Resource: "*" },
      ],
    },
  });
  const role = ireland.addRole({ name: "api" });
  const common = { name: "api", handler: "main.f", environment: { QUEUE: queue.getProperty("QueueArn") }, code };
  ireland.addLambdaFunction({ ...common, role });
  frankfurt.addLambdaFunction({ ...common, role });
  build.addLambdaFunction({ ...common, name: "writer", role: writer });
};
`;

const clientOf = (account: string, region: string) => ({
  endpoint: aws.endpoint,
  region,
  credentials: { accessKeyId: account, secretAccessKey: "secret" },
});

async function functionsOf(account: string, region: string): Promise<string[]> {
  const { Functions = [] } = await new Lambda(clientOf(account, region)).listFunctions({});
  return Functions.map(({ FunctionArn = "" }) => FunctionArn.replace("arn:aws:lambda:", ""));
}

test("resources of two accounts and two regions refer to each other, and each is where it belongs", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const applied = await touchdown(["apply", "--yes"], { cwd, env });
    expect(applied).toMatchObject({ exitCode: 0 });
    expect(applied.stderr).toContain("created function api (frankfurt)");
    expect(await functionsOf(build, "eu-west-1")).toEqual([`eu-west-1:${build}:function:writer`]);
    expect(await functionsOf(prod, "eu-west-1")).toEqual([`eu-west-1:${prod}:function:api`]);
    expect(await functionsOf(prod, "eu-central-1")).toEqual([`eu-central-1:${prod}:function:api`]);
    expect(await functionsOf(build, "eu-central-1")).toEqual([]);
    const sqs = new SQS(clientOf(prod, "eu-central-1"));
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName: "jobs" });
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["All"] });
    expect(Attributes?.["Policy"]).toContain(`arn:aws:iam::${build}:role/writer`);

    const plan = await touchdown(["plan", "--json"], { cwd, env });
    expect(eventsOf(plan).at(-1)).toMatchObject({ unchanged: 6, created: 0, updated: 0 });

    const ambiguous = await touchdown(["invoke", "api"], { cwd, env });
    expect(ambiguous.stderr).toContain(
      '[NAME_AMBIGUOUS]\n  name "function api (prod)" or "function api (frankfurt)"\n',
    );
    const answer = await touchdown(["invoke", "function api (frankfurt)"], { cwd, env });
    expect(answer.stdout).toBe(`"arn:aws:sqs:eu-central-1:${prod}:jobs"\n`);

    const one = await touchdown(["destroy", "function api (prod)", "--yes"], { cwd, env });
    expect(one.exitCode).toBe(0);
    expect(await functionsOf(prod, "eu-west-1")).toEqual([]);
    expect(await functionsOf(prod, "eu-central-1")).toHaveLength(1);
    expect((await touchdown(["destroy", "--yes"], { cwd, env })).exitCode).toBe(0);
    expect(await functionsOf(prod, "eu-central-1")).toEqual([]);
    expect(await functionsOf(build, "eu-west-1")).toEqual([]);
  });
});

test("with the wrong credentials nothing is made in any account", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const wrong = { ...env, AWS_ACCESS_KEY_ID: "333333333333" };
    const ran = await touchdown(["apply", "--yes"], { cwd, env: wrong });
    expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
    expect(ran.stderr).toContain(
      `error addAws build expects account ${build}, and these credentials are of account 333333333333 [ACCOUNT]`,
    );
    expect(await functionsOf(prod, "eu-west-1")).toEqual([]);
  });
});
