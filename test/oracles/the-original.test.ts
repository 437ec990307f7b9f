/** What the original touchdown made is taken over as it is. */
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeZip } from "../../src/zip/write.ts";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { originalTouchdown } from "../support/original-touchdown.ts";

/** The embedded AWS takes an access key of twelve digits for the account's number. */
const account = "111111111111";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
let env: Record<string, string>;
beforeAll(async () => {
  aws = await embeddedAws();
  const keys = { AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: "secret" };
  env = { AWS_ENDPOINT_URL: aws.endpoint, ...keys };
});
afterAll(() => aws.stop());

const python = `aws = workspace.add_aws(access_key_id='${account}', secret_access_key='secret', region='eu-west-1')

queue = aws.add_queue(name='myqueue', visibility_timeout=60)
bucket = aws.add_bucket(name='mybucket')
role = aws.add_role(
    name='myrole',
    assume_role_policy={'Version': '2012-10-17', 'Statement': [{
        'Sid': '', 'Effect': 'Allow',
        'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole',
    }]},
    policies={'queue': {'Version': '2012-10-17', 'Statement': [{
        'Effect': 'Allow', 'Action': 'sqs:SendMessage', 'Resource': '*',
    }]}},
)
aws.add_lambda_function(
    name='myfunction', role=role, handler='app.handler', timeout=10, memory=256,
    description='says one', code=open('app.zip', 'rb').read(),
)
`;

const typescript = `import { readFileSync } from "node:fs";
import type { Workspace } from "touchdown-aws";
export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  aws.addQueue({ name: "myqueue", visibilityTimeout: 60 });
  aws.addBucket({ name: "mybucket" });
  const role = aws.addRole({
    name: "myrole",
    policies: {
      queue: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
      },
    },
  });
  aws.addLambdaFunction({
    name: "myfunction", role, handler: "app.handler", timeout: 10, memory: 256,
    description: "says one", code: readFileSync(\`\${import.meta.dirname}/app.zip\`),
  });
};
`;

test("what it made is adopted: only what was not so in its days is to be done", async (context) => {
  const found = originalTouchdown();
  if ("missing" in found) return context.skip(`the original ${found.missing}`);
  const source = "def handler(event, context):\n    return 1\n";
  const { bytes } = await writeZip([{ path: "app.py", bytes: Buffer.from(source) }]);
  const zip = { "app.zip": bytes };
  await inFolder({ Touchdownfile: python, ...zip }, async (cwd) => {
    const options = { cwd, env: { ...process.env, ...env }, encoding: "utf8" } as const;
    const { status, stdout } = spawnSync(found.command, ["--unattended", "apply"], options);
    expect(stdout).toContain("Creating lambda_function 'myfunction'");
    expect(status).toBe(0);
  });
  await inFolder({ "Touchdownfile.ts": typescript, ...zip }, async (cwd) => {
    const planned = await touchdown(["plan", "--json"], { cwd, env });
    expect(changesOf(planned)).toEqual({
      "bucket mybucket": [
        "publicAccessBlock.blockPublicAcls",
        "publicAccessBlock.blockPublicPolicy",
        "publicAccessBlock.ignorePublicAcls",
        "publicAccessBlock.restrictPublicBuckets",
      ],
      "queue myqueue": ["sqsManagedSse"],
      "role myrole": [],
      "function myfunction": ["runtime", "settled", "publish"],
    });
    expect((await touchdown(["apply", "--yes"], { cwd, env })).exitCode).toBe(0);
    const { stdout } = await touchdown(["plan"], { cwd, env });
    expect(stdout).toContain("Nothing to do: 4 resources are as declared.");
  });
});

/** Fields by the resource's name. */
function changesOf(ran: Parameters<typeof eventsOf>[0]): Record<string, readonly string[]> {
  const planned = eventsOf(ran).filter(({ type }) => type === "planned");
  return Object.fromEntries(
    planned.map(({ name, changes }) => [
      name,
      (changes as readonly { readonly field: string }[]).map(({ field }) => field),
    ]),
  );
}
