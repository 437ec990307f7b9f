/** examples/monorepo in two accounts and two regions each: deployed, one function removed, one renamed. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
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
    const env = {
      ACCOUNTS: accounts.join(" "),
      REGIONS: regions.join(" "),
      TOUCHDOWN_LOCAL_DIR: aws.folder,
      TOUCHDOWN_CACHE_DIR: join(aws.folder, "cache"),
    };
    const run = (...words: string[]) => touchdown(words, { cwd, env });
    const local = (...words: string[]) => run(...words, "--local");
    const summary = async (...words: string[]) => eventsOf(await local(...words, "--json")).at(-1);

    expect((await run("lock")).exitCode).toBe(0);
    expect(await summary("apply", "--yes")).toMatchObject({ created: 82, failed: 0 });
    const first = await functions();
    expect(first).toHaveLength(20);
    expect(await summary("plan")).toMatchObject({ created: 0, updated: 0, failed: 0 });

    const answer = await local("invoke", `function users-greet (${accounts[1]} ${regions[1]})`);
    expect(JSON.parse(answer.stdout)).toEqual({ greet: "Hello, world, for the 1st time" });

    const services = join(cwd, "services");
    await rm(join(services, "reports/yearly.py"));
    await rename(join(services, "users/greet.py"), join(services, "users/hello.py"));
    const path = join(cwd, "Touchdownfile.ts");
    const before = await readFile(path, "utf8");
    const after = before.replace("string> = {}", 'string> = { "users-hello": "users-greet" }');
    await writeFile(path, after);
    const planned = await local("plan");
    const said = planned.stdout + planned.stderr;
    expect(said.match(/no longer declared: function reports-yearly/gu)).toHaveLength(4);
    expect(await summary("apply", "--yes", "--prune")).toMatchObject({
      created: 4,
      deleted: 8,
      failed: 0,
    });
    const gone = new Set(["reports-yearly", "users-greet"]);
    const left = first.filter((name) => !gone.has(name));
    expect(await functions()).toEqual([...left, "users-hello"].toSorted());
    expect(await summary("plan")).toMatchObject({ created: 0, updated: 0, deleted: 0, failed: 0 });
  });
});
