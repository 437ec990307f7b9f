import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
beforeAll(async () => {
  aws = await embeddedAws();
});
afterAll(() => aws.stop());

/** Queues are left out: SQS takes a minute to say whose settings it has. What two people may create and change at the same time; `V` is what they don't agree on. */
const file = `import { python } from "touchdown-aws";
const v = Number(process.env.V ?? 1);
export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const bucket = aws.addBucket({ name: "two-at-once" });
  aws.addFile({ bucket, name: "a.txt", contents: "v" + v });
  for (const i of [1, 2, 3]) {
    const role = aws.addRole({ name: "r" + i, description: "v" + v });
    aws.addLogGroup({ name: "/aws/lambda/f" + i, retention: v === 1 ? 7 : 14 });
    aws.addLambdaFunction({
      name: "f" + i, role, handler: "main.f", timeout: 10 + v,
      code: python\`def f(event, context): return 1\`,
    });
  }
};
`;

/** What failed, and that it is said of somebody else: nothing may fail for another reason. */
function refusalsOf(ran: Ran): readonly string[] {
  return eventsOf(ran).flatMap((event) =>
    event["type"] === "failed" ? [(event["error"] as { code: string }).code] : [],
  );
}

const words = ["apply", "--local", "--yes", "--json"];

test.each([
  ["that want the same", "1"],
  ["that want different things", "2"],
])(
  "two applies at once %s: each says who came first or does it all, and the next makes it whole",
  async (_what, theirs) => {
    await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
      await aws.reset();
      const env = { TOUCHDOWN_LOCAL_DIR: aws.folder };
      const both = await Promise.all([
        touchdown(words, { cwd, env }),
        touchdown(words, { cwd, env: { ...env, V: theirs } }),
      ]);
      for (const ran of both) {
        const refusals = refusalsOf(ran);
        expect(refusals.filter((code) => code !== "CHANGED_ELSEWHERE")).toEqual([]);
        expect(ran.exitCode).toBe(refusals.length === 0 ? 0 : 1);
      }
      expect((await touchdown(words, { cwd, env })).exitCode).toBe(0);
      const after = await touchdown(["plan", "--local", "--json", "--detailed-exitcode"], {
        cwd,
        env,
      });
      expect(after.exitCode).toBe(0);
      expect(eventsOf(after).at(-1)).toMatchObject({ unchanged: 11, failed: 0 });
    });
  },
);
