import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { countingServer } from "../support/counting-server.ts";
import type { CountingServer } from "../support/counting-server.ts";
import { inFolder, touchdown } from "../support/cli.ts";

/** Stands where AWS would: what is refused before the first call leaves it alone. */
let aws: CountingServer;
beforeAll(async () => {
  aws = await countingServer();
});
afterEach(() => aws.reset());
afterAll(() => aws.stop());

const account = () => ({
  AWS_ENDPOINT_URL: aws.endpoint,
  AWS_ACCESS_KEY_ID: "key",
  AWS_SECRET_ACCESS_KEY: "secret",
});

/** The lines of a plan's refusal, without the hints under them. */
async function refused(body: string): Promise<string[]> {
  return inFolder({ "Touchdownfile.ts": fileOf(body) }, async (cwd) => {
    const ran = await touchdown(["plan"], { cwd, env: account() });
    expect({ exitCode: ran.exitCode, stdout: ran.stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(aws.requests()).toBe(0);
    return ran.stderr
      .split("\n")
      .filter((line) => line.startsWith("error "))
      .map((line) => line.slice("error ".length).replace(cwd, "FOLDER"));
  });
}

function fileOf(body: string): string {
  return `import { python, serializers } from "touchdown-aws";
const outside = 1;
export default (workspace) => {
  const aws = workspace.addAws({ region: "eu-west-1" });
  const role = "arn:aws:iam::123456789012:role/r";
  const code = python\`def f(event, context): return 1\`;
  const least = { name: "f", role, code, handler: "main.f" };
  ${body}
};
`;
}

const name64 = "n".repeat(65);

test.each([
  [
    "a name that is too long",
    `aws.addLambdaFunction({ ...least, name: "${name64}" });`,
    [
      `function ${name64}: name must be 1–64 letters, digits, - and _, got "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… [ARGUMENT]`,
    ],
  ],
  [
    "a timeout out of range",
    `aws.addLambdaFunction({ ...least, timeout: 901 });`,
    ["function f: timeout must be at most 900, got 901 [ARGUMENT]"],
  ],
  [
    "a timeout of no time",
    `aws.addLambdaFunction({ ...least, timeout: 0 });`,
    ["function f: timeout must be at least 1, got 0 [ARGUMENT]"],
  ],
  [
    "a fraction of a megabyte",
    `aws.addLambdaFunction({ ...least, memory: 128.5 });`,
    ["function f: memory must be a whole number, got 128.5 [ARGUMENT]"],
  ],
  [
    "too much memory",
    `aws.addLambdaFunction({ ...least, memory: 20000 });`,
    ["function f: memory must be at most 10240, got 20000 [ARGUMENT]"],
  ],
  [
    "a number as text",
    `aws.addLambdaFunction({ ...least, memory: "128" });`,
    ['function f: memory must be a number, got "128" [ARGUMENT]'],
  ],
  [
    "an unknown argument",
    `aws.addLambdaFunction({ ...least, memroy: 128 });`,
    ['function f: memroy is not an argument, did you mean "memory"? [ARGUMENT]'],
  ],
  [
    "a missing argument",
    `aws.addLambdaFunction({ name: "f", code, handler: "main.f" });`,
    ["function f: role is missing: it must be a role, or its Arn [ARGUMENT]"],
  ],
  [
    "no arguments at all",
    `aws.addQueue();`,
    ["queue ?: name is missing: it must be a string [ARGUMENT]"],
  ],
  [
    "neither code nor s3File",
    `aws.addLambdaFunction({ name: "f", role, handler: "main.f" });`,
    ["function f: needs its code: code or s3File [ARGUMENT]"],
  ],
  [
    "both code and s3File",
    `aws.addLambdaFunction({ ...least, s3File: { bucket: "b", key: "k" } });`,
    ["function f: takes code or s3File, not both [ARGUMENT]"],
  ],
  [
    "a runtime that is none",
    `aws.addLambdaFunction({ ...least, runtime: "python3.1" });`,
    [
      'function f: runtime is none that there is (did you mean "python3.15"?), got "python3.1" [ARGUMENT]',
    ],
  ],
  [
    "a handler that is not in the zip",
    `aws.addLambdaFunction({ ...least, handler: "mian.f" });`,
    [
      "function f: handler must be main. with the function's name after it, as the code is inline, got mian.f [ARGUMENT]",
    ],
  ],
  [
    "a zip that is none",
    `aws.addLambdaFunction({ ...least, code: new Uint8Array(30) });`,
    [
      "function f: code is no zip that Lambda could unpack: the zip: the zip has no end record: it is cut short, or not a zip [ZIP_TRUNCATED]",
    ],
  ],
  [
    "code that is none",
    `aws.addLambdaFunction({ ...least, code: 5 });`,
    [
      "function f: code must be a zip (a bundle's output, or bytes), a JavaScript function or python`…` [ARGUMENT]",
    ],
  ],
  [
    "a JavaScript function with a name from outside",
    `aws.addLambdaFunction({ ...least, code: function f() { return outside; } });`,
    [
      "function f: code uses outside from outside f: only f is sent; move outside into f, or put the code into a file and a zip [ARGUMENT]",
    ],
  ],
  [
    "an environment variable of AWS's own",
    `aws.addLambdaFunction({ ...least, environment: { AWS_REGION: "x" } });`,
    ["function f: environment.AWS_REGION is set by Lambda itself and can't be given [ARGUMENT]"],
  ],
  [
    "a role that is no ARN",
    `aws.addLambdaFunction({ ...least, role: "myrole" });`,
    ['function f: role must be a role\'s ARN (arn:aws:iam::…:role/…), got "myrole" [ARGUMENT]'],
  ],
  [
    "a queue as a role",
    `aws.addLambdaFunction({ ...least, role: aws.addQueue({ name: "q" }) });`,
    ["function f: role takes a role, not a queue [ARGUMENT]"],
  ],
  [
    "a wrong tag",
    `aws.addQueue({ name: "q", tags: { "aws:x": "1" } });`,
    ["queue q: tags.aws:x may not begin with aws:, which is AWS's own [ARGUMENT]"],
  ],
  [
    "two resources of one name",
    `aws.addQueue({ name: "q" }); aws.addQueue({ name: "q" });`,
    ["queue q is declared twice [DUPLICATE]"],
  ],
  [
    "one both added and got",
    `aws.addQueue({ name: "q" }); aws.getQueue({ name: "q" });`,
    ["queue q is both declared with add… and referred to with get… [DUPLICATE]"],
  ],
  [
    "a circle",
    `const deps = []; const a = aws.addQueue({ name: "a", dependsOn: deps }); deps.push(aws.addQueue({ name: "b", dependsOn: [a] }));`,
    ["these need each other: queue a → queue b → queue a [CYCLE]"],
  ],
  [
    "a property there is not",
    `const q = aws.addQueue({ name: "q" }); aws.addQueue({ name: "r", tags: { url: q.getProperty("QueueURL") } });`,
    [
      'queue r: tags.url is wrong: queue q has no property "QueueURL", did you mean "QueueUrl"? [ARGUMENT]',
    ],
  ],
  [
    "dependsOn of no list",
    `aws.addQueue({ name: "q", dependsOn: "x" });`,
    ['queue q: dependsOn must be a list of resources, got "x" [ARGUMENT]'],
  ],
  [
    "dependsOn of no resource",
    `aws.addQueue({ name: "q", dependsOn: ["x"] });`,
    ['queue q: dependsOn.0 must be a resource, got "x" [ARGUMENT]'],
  ],
  [
    "a queue's name",
    `aws.addQueue({ name: "a b" });`,
    ['queue a b: name must be 1 to 80 letters, digits, - and _, got "a b" [ARGUMENT]'],
  ],
  [
    "a FIFO queue without .fifo",
    `aws.addQueue({ name: "q", fifo: true });`,
    ['queue q: name must end in .fifo exactly if fifo is true, got "q" [ARGUMENT]'],
  ],
  [
    "a bucket's name",
    `aws.addBucket({ name: "Upper" });`,
    ['bucket Upper: name must be in lower case, got "Upper" [ARGUMENT]'],
  ],
  [
    "a role's session",
    `aws.addRole({ name: "r", maxSessionDuration: 60 });`,
    ["role r: maxSessionDuration must be at least 3600, got 60 [ARGUMENT]"],
  ],
  [
    "a retention AWS has not",
    `aws.addLogGroup({ name: "g", retention: 2 });`,
    [
      "log group g: retention must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 2 [ARGUMENT]",
    ],
  ],
  [
    "a file of nothing",
    `aws.addFile({ bucket: "bucket", name: "k" });`,
    ["file bucket/k: contents or source must be given [ARGUMENT]"],
  ],
  [
    "a source that is not there",
    `aws.addFile({ bucket: "bucket", name: "k", source: "nowhere.txt" });`,
    ["file bucket/k: source names nowhere.txt, which is no file in FOLDER [FILE_MISSING]"],
  ],
  [
    "a function in JSON",
    `aws.addFile({ bucket: "bucket", name: "k", contents: serializers.json({ a: [() => 1] }) });`,
    ["file bucket/k: contents is wrong: serializers.json: a[0] is a function [ARGUMENT]"],
  ],
  [
    "a bigint in JSON",
    `aws.addFile({ bucket: "bucket", name: "k", contents: serializers.json({ n: 1n }) });`,
    [
      "file bucket/k: contents is wrong: serializers.json: n is 1n, a bigint: use a string or a number [ARGUMENT]",
    ],
  ],
  [
    "a bundle without a target",
    `workspace.addFuselageBundle({});`,
    ["addFuselageBundle: target must be what workspace.addLocal() returns [ARGUMENT]"],
  ],
  [
    "an account's wrong region",
    `workspace.addAws({ region: "Ireland" });`,
    ['addAws: region must be a region such as eu-west-1, got "Ireland" [ARGUMENT]'],
  ],
  [
    "an account's unknown argument",
    `workspace.addAws({ regoin: "eu-west-1" });`,
    ['addAws: regoin is not an argument, did you mean "region"? [ARGUMENT]'],
  ],
])("%s is refused before any call", async (_what, body, expected) => {
  const lines = await refused(body);
  expect(lines).toEqual(expected);
});

test("everything wrong in the whole file is said at once, and no secret with it", async () => {
  const lines = await refused(`
    aws.addLambdaFunction({ ...least, timeout: 1000, environment: { TOKEN: ["hunter2"] } });
    aws.addQueue({ name: "q", visibiltyTimeout: 1 });
  `);
  expect(lines).toEqual([
    "function f: timeout must be at most 900, got 1000 [ARGUMENT]",
    "function f: environment.TOKEN must be a string, got a value not shown here [ARGUMENT]",
    'queue q: visibiltyTimeout is not an argument, did you mean "visibilityTimeout"? [ARGUMENT]',
  ]);
});
