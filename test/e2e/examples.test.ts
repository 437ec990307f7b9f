import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
beforeAll(async () => {
  aws = await embeddedAws();
});
afterAll(() => aws.stop());

const summaryOf = (ran: Ran) => eventsOf(ran).at(-1);

test.each([
  [
    "hello-world",
    { created: 3, unchanged: 3 },
    [
      ["hello-python", '{"name":"Ada"}', '{"greeting": "Hello, Ada"}\n'],
      ["hello-javascript", "{}", '{"greeting": "Hello, world"}\n'],
    ],
  ],
  ["s3-file", { created: 4, unchanged: 4 }, [["report", "{}", '{"total":0}']]],
] as const)("examples/%s runs as it stands", async (name, { created, unchanged }, calls) => {
  await inFolder(new URL(`../../examples/${name}/`, import.meta.url), async (cwd) => {
    const env = { TOUCHDOWN_LOCAL_DIR: aws.folder };
    const run = (...words: string[]) => touchdown([...words, "--local"], { cwd, env });
    expect(summaryOf(await run("apply", "--yes", "--json"))).toMatchObject({ created, failed: 0 });
    const again = await run("apply", "--yes");
    expect(again.stdout).toBe(`Nothing to do: ${unchanged} resources are as declared.\n`);
    for (const [functionName, event, answer] of calls) {
      const { exitCode, stdout } = await run("invoke", functionName, "--event", event);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toEqual(JSON.parse(answer));
    }
    expect(summaryOf(await run("destroy", "--yes", "--json"))).toMatchObject({ deleted: created });
    expect(summaryOf(await run("destroy", "--yes", "--json"))).toMatchObject({ deleted: 0 });
  });
});
