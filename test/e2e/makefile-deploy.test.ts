import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { missingTools } from "../support/missing-tools.ts";

const missing = missingTools([
  ["make", "--version"],
  ["zip", "-v"],
  ["unzip", "-v"],
]);
const needs = missing.length === 0 ? "" : ` (needs ${missing.join(", ")})`;

let aws: Awaited<ReturnType<typeof embeddedAws>>;
beforeAll(async () => {
  aws = await embeddedAws();
});
afterAll(() => aws.stop());

function changesOf(ran: Ran): string[] {
  return eventsOf(ran)
    .filter(({ type, verdict }) => type === "finished" && verdict !== "unchanged")
    .map(({ name, verdict }) => `${String(name)}: ${String(verdict)}`);
}

test.skipIf(missing.length > 0)(
  `the documented Makefile example is deployed, left alone, edited and torn down${needs}`,
  async () => {
    await inFolder(new URL("../../examples/makefile/", import.meta.url), async (cwd) => {
      const env = { TOUCHDOWN_LOCAL_DIR: aws.folder };
      const run = (...words: string[]) =>
        touchdown([...words, "--local", "--yes", "--json"], { cwd, env });
      const invoke = async () => {
        const { stdout } = await touchdown(["invoke", "myfunction", "--local"], { cwd, env });
        return JSON.parse(stdout) as Record<string, string>;
      };
      const zip = join(cwd, "lambda.zip");

      const first = await run("apply");
      expect(eventsOf(first).at(-1)).toMatchObject({ created: 4, failed: 0 });
      const sha256 = createHash("sha256")
        .update(await readFile(zip))
        .digest("base64");
      expect(await deployedSha256(aws.endpoint)).toBe(sha256);
      const settings = execFileSync("unzip", ["-p", zip, "settings.json"], { encoding: "utf8" });
      const url = (JSON.parse(settings) as { AWS_SQS_URL: string }).AWS_SQS_URL;
      expect(url).toMatch(/^http:.*\/myqueue$/u);
      expect(await invoke()).toMatchObject({ AWS_SQS_URL: url, greeting: "Hello, world" });

      const before = await stat(zip);
      const again = await run("apply");
      expect(eventsOf(again).at(-1)).toMatchObject({ created: 0, updated: 0, unchanged: 6 });
      expect((await stat(zip)).mtimeMs).toBe(before.mtimeMs);

      const source = join(cwd, "myproject", "greeting.py");
      await writeFile(source, (await readFile(source, "utf8")).replace("Hello", "Welcome"));
      const edited = await run("apply");
      expect(changesOf(edited)).toEqual(["execute make: update", "function myfunction: update"]);
      const calls = eventsOf(edited).flatMap((event) =>
        event["type"] === "call" ? [String(event["operation"])] : [],
      );
      expect(calls.filter((call) => /^(?:Update|Publish)/u.test(call))).toEqual([
        "UpdateFunctionCode",
      ]);
      expect(await invoke()).toMatchObject({ greeting: "Welcome, world" });

      const gone = await run("destroy");
      expect(eventsOf(gone).at(-1)).toMatchObject({ deleted: 3, failed: 0 });
      expect(changesOf(gone)[0]).toBe("function myfunction: delete");
      expect(eventsOf(await run("destroy")).at(-1)).toMatchObject({ deleted: 0, failed: 0 });
    });
  },
);

async function deployedSha256(endpoint: string): Promise<string | undefined> {
  const { Lambda } = await import("@aws-sdk/client-lambda");
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const lambda = new Lambda({ endpoint, region: "eu-west-1", credentials });
  const { Configuration } = await lambda.getFunction({ FunctionName: "myfunction" });
  return Configuration?.CodeSha256;
}
