/** Hundreds and thousands of functions: calls, time under AWS's quotas, the original's time, memory. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../src/core/events.ts";
import { zipOfOne } from "../src/zip/one.ts";
import { embeddedAws } from "../test/support/embedded-aws.ts";
import { originalTouchdown } from "../test/support/original-touchdown.ts";
import { FarAccount } from "./support/far-account.ts";
import { applyFar, arithmetic } from "./support/far-runs.ts";
import type { FarRun } from "./support/far-runs.ts";
import { medians, peakMegabytes, printRows } from "./support/measure.ts";
import type { Command, Row } from "./support/measure.ts";
import { command } from "./support/package-sets.ts";

const functions = 300;
const many = 3_000;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

/** Of calls that count against Lambda's fifteen a second. */
function counted({ calls }: FarRun): number {
  const names = ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"];
  const more = ["PublishVersion", "ListVersionsByFunction", "ListFunctions", "TagResource"];
  return [...names, ...more].reduce((sum, name) => sum + (calls.get(name) ?? 0), 0);
}

/** How long the quota alone makes a run take, in milliseconds. */
const bound = (run: FarRun): number => (counted(run) / 15) * 1_000;

/** Against a fake that is 80 ms away and holds to AWS's quotas, on a clock of its own. */
async function far(): Promise<Row[]> {
  const rows: Row[] = [];
  const perFunction: number[] = [];
  for (const count of [functions, 1_000, many]) {
    const account = new FarAccount();
    const deploy = await applyFar(account, { functions: count });
    const none = await applyFar(account, { functions: count });
    perFunction.push(none.total / count, none.elapsedMs / count);
    const what = `${count.toLocaleString("en")} functions, 80 ms away`;
    const ratio = deploy.elapsedMs / bound(deploy);
    rows.push({
      what: `first deploy, ${what}`,
      value: `${ratio.toFixed(2)} ×`,
      against: `${counted(deploy).toLocaleString("en")} calls at 15 a second (${seconds(deploy.elapsedMs)} against ${seconds(bound(deploy))}, ${deploy.refused} throttled): ${arithmetic(deploy.calls)}`,
      goal: "≤ 1.1",
      met: ratio <= 1.1,
    });
    rows.push({
      what: `no-op, ${what}`,
      value: `${none.total} calls`,
      against: `${seconds(none.elapsedMs)}; at 15 a second its ListFunctions take ${seconds(bound(none))}: ${arithmetic(none.calls)}`,
      ...(count === functions ? { goal: "≤ 20", met: none.total <= 20 } : {}),
    });
    if (count === functions) {
      const one = await applyFar(account, { functions: count, edited: { count: 1, edition: 1 } });
      const more = one.total - one.polls - none.total;
      rows.push({
        what: `one of ${what}, changed`,
        value: `+ ${more} calls`,
        against: `to the no-op's, ${one.polls} polls apart`,
        goal: "≤ 6",
        met: more <= 6,
      });
      const edited = { count, edition: 2 };
      const all = await applyFar(account, { functions: count, edited });
      rows.push({
        what: `all of ${what}, changed`,
        value: `${(all.elapsedMs / bound(all)).toFixed(2)} ×`,
        against: `${counted(all)} calls at 15 a second (${seconds(all.elapsedMs)} against ${seconds(bound(all))})`,
      });
    }
  }
  const [calls = 0, ms = 0] = perFunction;
  const [mostCalls = 0, mostMs = 0] = perFunction.slice(-2);
  const [growth, slowdown] = [mostCalls / calls, mostMs / ms];
  rows.push({
    what: `no-op, ${many} against ${functions}`,
    value: `${growth.toFixed(2)} ×`,
    against: `the calls each, and ${slowdown.toFixed(2)} × the time each`,
    goal: "≤ 1.1",
    met: growth <= 1.1 && slowdown <= 1.1,
  });
  return rows;
}

const root = mkdtempSync(join(tmpdir(), "touchdown-bench-"));

/** The same of both: a role, a queue, and functions of one zip. */
function declarations(): { readonly ours: string; readonly theirs: string } {
  const folders = { ours: join(root, "ours"), theirs: join(root, "theirs") };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder);
    const zip = zipOfOne("app.py", Buffer.from("def handler(event, context):\n    return 1\n"));
    writeFileSync(join(folder, "app.zip"), zip);
  }
  const touchdownfile = `import { readFileSync } from "node:fs";
import type { Workspace } from "touchdown-aws";
export default (workspace: Workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  aws.addQueue({ name: "jobs" });
  const role = aws.addRole({ name: "all" });
  const code = readFileSync(\`\${import.meta.dirname}/app.zip\`);
  for (let number = 0; number < Number(process.env["FUNCTIONS"]); number += 1)
    aws.addLambdaFunction({ name: \`f\${number}\`, role, handler: "app.handler", code });
};
`;
  writeFileSync(join(folders.ours, "Touchdownfile.ts"), touchdownfile);
  const trust = `{'Version': '2012-10-17', 'Statement': [{'Sid': '', 'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}`;
  const python = `aws = workspace.add_aws(access_key_id='111111111111', secret_access_key='x', region='eu-west-1')
aws.add_queue(name='jobs')
role = aws.add_role(name='all', assume_role_policy=${trust})
for number in range(${functions}):
    aws.add_lambda_function(name='f%d' % number, role=role, handler='app.handler', code=open('app.zip', 'rb').read())
`;
  writeFileSync(join(folders.theirs, "Touchdownfile"), python);
  return folders;
}

/** In an account of its own: the embedded AWS takes twelve digits of an access key for one. */
function applying(
  cwd: string,
  endpoint: string,
  { account, count }: { account: string; count: number },
): Command {
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_EC2_METADATA_DISABLED: "true",
    TOUCHDOWN_CACHE_DIR: join(root, "cache"),
    PYTHONWARNINGS: "ignore",
    FUNCTIONS: String(count),
  };
  return { name: "apply", words: [...command, "apply", "--yes", "--json"], cwd, env };
}

function callsOf({
  words: [program = "", ...args],
  cwd,
  env,
}: Command): ReadonlyMap<string, number> {
  const place = cwd === undefined ? {} : { cwd };
  const options = { ...place, env: { ...process.env, ...env }, encoding: "utf8" as const };
  const { stdout, stderr, status } = spawnSync(program, args, { ...options, maxBuffer: 1e9 });
  if (status !== 0) throw new Error(stderr);
  const calls = new Map<string, number>();
  for (const line of stdout.split("\n").filter(Boolean)) {
    const event = JSON.parse(line) as Event;
    if (event.type === "call") calls.set(event.operation, (calls.get(event.operation) ?? 0) + 1);
  }
  return calls;
}

/** The built command against the embedded AWS, beside the original. */
async function near(): Promise<Row[]> {
  const aws = await embeddedAws();
  try {
    const { ours, theirs } = declarations();
    const few = applying(ours, aws.endpoint, { account: "222222222222", count: functions });
    callsOf(few);
    const calls = callsOf(few);
    const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
    const rows: Row[] = [
      {
        what: `no-op, ${functions} functions, one role, one queue`,
        value: `${total} calls`,
        against: arithmetic(calls),
        goal: "≤ 20",
        met: total <= 20,
      },
    ];
    rows.push(besideOriginal(few, theirs));
    const most = applying(ours, aws.endpoint, { account: "333333333333", count: many });
    for (const what of ["first deploy", "no-op"]) {
      const peak = peakMegabytes(most);
      rows.push({
        what: `${what}, ${many.toLocaleString("en")} functions: peak memory`,
        value: `${peak.toFixed(0)} MB`,
        against: "",
        goal: "≤ 300 MB",
        met: peak <= 300,
      });
    }
    return rows;
  } finally {
    await aws.stop();
  }
}

function besideOriginal(ours: Command, cwd: string): Row {
  const what = `no-op, ${functions} functions: time`;
  const found = originalTouchdown();
  if ("missing" in found)
    return { what, value: "skipped", against: `the original ${found.missing}` };
  // it ends with 1 where there is nothing to do
  const script = `"${found.command}" --unattended apply > said 2>&1 || grep -q "no changes were required" said`;
  const theirs = { ...ours, name: "original", cwd, words: ["sh", "-c", script] };
  medians([theirs], { rounds: 1 });
  const [ourMs = 0, theirMs = 0] = medians([ours, theirs], { rounds: 3 });
  return {
    what,
    value: `${(theirMs / ourMs).toFixed(1)} ×`,
    against: `faster than the original (${seconds(ourMs)} against ${seconds(theirMs)})`,
    goal: "≥ 10",
    met: theirMs / ourMs >= 10,
  };
}

try {
  printRows([...(await far()), ...(await near())]);
} finally {
  rmSync(root, { recursive: true });
}
