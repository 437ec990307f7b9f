/** examples/monorepo in two accounts and two regions each: deployed, one function removed, one renamed. */
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

/** The embedded AWS takes an access key of twelve digits for the account's number. */
const accounts = ["111111111111", "222222222222"] as const;
const regions = ["eu-west-1", "eu-central-1"] as const;

let aws: Awaited<ReturnType<typeof embeddedAws>>;
let uv: Awaited<ReturnType<typeof uvForTests>>;
beforeAll(async () => {
  [aws, uv] = await Promise.all([embeddedAws(), uvForTests()]);
});
afterAll(() => aws.stop());

/** The example's services; each function's zip is built once, and a role is an account's. */
const file = `import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { touchdown } from "touchdown-aws";

const services = {
  billing: { runtime: "python3.11", architecture: "x86_64" },
  orders: { runtime: "python3.11", architecture: "x86_64" },
  reports: { runtime: "python3.13", architecture: "arm64" },
  users: { runtime: "python3.13", architecture: "x86_64" },
} as const;

export default touchdown({ name: "monorepo" }, (workspace) => {
  const places = ${JSON.stringify(accounts)}.flatMap((account) => {
    const common = {
      expectAccount: account,
      assumeRole: { arn: \`arn:aws:iam::\${account}:role/deploy\` },
    };
    const [first, ...more] = ${JSON.stringify(regions)}.map((region) =>
      workspace.addAws({ name: \`\${account} \${region}\`, region, ...common }),
    );
    const role = first.addRole({ name: "monorepo" });
    return [first, ...more].map((aws) => ({ aws, role }));
  });
  for (const [service, { runtime, architecture }] of Object.entries(services)) {
    const folder = join(import.meta.dirname, "services", service);
    for (const module of readdirSync(folder).filter((name) => name.endsWith(".py")).sort()) {
      const name = basename(module, ".py");
      const code = workspace.addPythonPackage({
        name: \`\${service}-\${name}\`,
        runtime,
        architecture,
        requirements: \`services/\${service}/requirements.txt\`,
        sources: [\`services/\${service}/\${module}\`],
      });
      for (const { aws, role } of places) {
        const made = aws.addLambdaFunction({
          name: \`\${service}-\${name}\`, role, runtime, architectures: [architecture], handler: \`\${name}.handler\`, code,
        });
        if (name === "hello") workspace.moved(made, { from: "users-greet" });
      }
    }
  }
});
`;

/** Names in each place, in order; they are the same in all. */
async function functions(): Promise<readonly string[]> {
  const places = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
  const lists = await Promise.all(
    places.map(async ({ account, region }) => {
      const credentials = { accessKeyId: account, secretAccessKey: "secret" };
      const lambda = new Lambda({ endpoint: aws.endpoint, region, credentials });
      const { Functions = [] } = await lambda.listFunctions({});
      return Functions.map(({ FunctionName = "" }) => FunctionName).toSorted();
    }),
  );
  const [first = []] = lists;
  for (const list of lists) expect(list).toEqual(first);
  return first;
}

test("each place has the twenty; one removed is pruned, one renamed is moved, in all of them", async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  await inFolder(new URL("../../examples/monorepo/", import.meta.url), async (cwd) => {
    await writeFile(join(cwd, "Touchdownfile.ts"), file);
    const env = {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: "999999999999",
      AWS_SECRET_ACCESS_KEY: "secret",
      TOUCHDOWN_CACHE_DIR: join(aws.folder, "cache"),
    };
    const run = (...words: string[]) => touchdown(words, { cwd, env });
    const summary = async (...words: string[]) => eventsOf(await run(...words, "--json")).at(-1);

    expect((await run("lock")).exitCode).toBe(0);
    expect(await summary("apply", "--yes")).toMatchObject({ created: 82, failed: 0 });
    const before = await functions();
    expect(before).toHaveLength(20);
    expect(await summary("plan")).toMatchObject({ created: 0, updated: 0, failed: 0 });

    const services = join(cwd, "services");
    await rm(join(services, "reports/yearly.py"));
    await rename(join(services, "users/greet.py"), join(services, "users/hello.py"));
    const planned = await run("plan");
    const said = planned.stdout + planned.stderr;
    expect(said.match(/no longer declared: function reports-yearly/gu)).toHaveLength(4);
    expect(await summary("apply", "--yes", "--prune")).toMatchObject({
      created: 4,
      deleted: 8,
      failed: 0,
    });
    const gone = new Set(["reports-yearly", "users-greet"]);
    const after = before.filter((name) => !gone.has(name));
    expect(await functions()).toEqual([...after, "users-hello"].toSorted());
    expect(await summary("plan")).toMatchObject({ created: 0, updated: 0, deleted: 0, failed: 0 });
  });
});
