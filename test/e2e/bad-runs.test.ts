import { chmod, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { countingServer } from "../support/counting-server.ts";
import type { CountingServer } from "../support/counting-server.ts";
import { inFolder, touchdown } from "../support/cli.ts";

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

const queue = `export default (workspace) => {
  workspace.addAws({ region: "eu-west-1" }).addQueue({ name: "q" });
};
`;

interface Run {
  /** Of the Touchdownfile; undefined: there is none. */
  readonly file?: string | undefined;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** What is said, with the folder's name put out of the way; no call was made. */
async function refused({ file, words, env, input }: Run): Promise<unknown> {
  const files: Record<string, string> = file === undefined ? {} : { "Touchdownfile.ts": file };
  return inFolder(files, async (cwd) => {
    const options = {
      cwd,
      env: { ...account(), ...env },
      ...(input === undefined ? {} : { input }),
    };
    const { exitCode, stdout, stderr } = await touchdown(words, options);
    expect(stdout).toBe("");
    expect(aws.requests()).toBe(0);
    // Node's own words for what is wrong with JSON change with its version.
    const said = stderr.replaceAll(cwd, "FOLDER").replace(/(?<=is not JSON: ).*(?= \[)/u, "…");
    return [exitCode, said.split("\n")[0]];
  });
}

const noAccount = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_ENDPOINT_URL: undefined,
};

test.each<[string, Run, number, string]>([
  [
    "a syntax error",
    { file: "export default (w) => {\n  const = 1;\n};\n", words: ["plan"] },
    1,
    "error FOLDER/Touchdownfile.ts:2:9: Unexpected token [TOUCHDOWNFILE_SYNTAX]",
  ],
  [
    "a Touchdownfile that throws",
    { file: 'export default () => {\n  throw new Error("no luck");\n};\n', words: ["plan"] },
    1,
    "error FOLDER/Touchdownfile.ts:2: no luck [TOUCHDOWNFILE_THREW]",
  ],
  [
    "one that exports nothing",
    { file: "const a = 1;\n", words: ["plan"] },
    1,
    "error FOLDER/Touchdownfile.ts exports nothing by default [TOUCHDOWNFILE_EXPORT]",
  ],
  [
    "one that exports no function",
    { file: "export default 5;\n", words: ["plan"] },
    1,
    "error FOLDER/Touchdownfile.ts exports a value of type number by default [TOUCHDOWNFILE_EXPORT]",
  ],
  [
    "one that imports what is not there",
    { file: 'import "./nowhere.ts";\nexport default () => {};\n', words: ["plan"] },
    1,
    "error FOLDER/Touchdownfile.ts:1: Cannot find module './nowhere.ts' [TOUCHDOWNFILE_IMPORT]",
  ],
  [
    "a file that is not there",
    { words: ["plan", "--file", "nowhere.ts"] },
    1,
    "error there is no file FOLDER/nowhere.ts [TOUCHDOWNFILE_MISSING]",
  ],
  [
    "a template string of a ref",
    {
      file: 'export default (w) => {\n  const q = w.addAws({ region: "eu-west-1" }).addQueue({ name: "q" });\n  `${q.getProperty("QueueUrl")}`;\n};\n',
      words: ["plan"],
    },
    1,
    "error FOLDER/Touchdownfile.ts:3: queue q.QueueUrl is not known yet: use serializers.format or .map instead of a template string [TOUCHDOWNFILE_THREW]",
  ],
  [
    "an unknown verb",
    { file: queue, words: ["aply"] },
    2,
    'error there is no verb "aply", did you mean "apply"? [USAGE]',
  ],
  [
    "an unknown option",
    { file: queue, words: ["plan", "--regoin", "x"] },
    2,
    'error --regoin is not an option of plan, did you mean "--region"? [USAGE]',
  ],
  [
    "an option of another verb",
    { file: queue, words: ["plan", "--yes"] },
    2,
    "error --yes is not an option of plan [USAGE]",
  ],
  [
    "an option without its value",
    { file: queue, words: ["plan", "--file"] },
    2,
    "error --file needs a value: --file FILE [USAGE]",
  ],
  [
    "values in JSON",
    { file: queue, words: ["plan", "--json", "--show-values"] },
    2,
    "error --json and --show-values exclude each other [USAGE]",
  ],
  [
    "two places at once",
    { file: queue, words: ["plan", "--local", "--profile", "x"] },
    2,
    "error --local and --profile exclude each other [USAGE]",
  ],
  [
    "an address that is none",
    { file: queue, words: ["plan", "--endpoint-url", "localhost"] },
    2,
    'error --endpoint-url takes an address such as http://127.0.0.1:4566, got "localhost" [USAGE]',
  ],
  [
    "apply without a terminal",
    { file: queue, words: ["apply"] },
    2,
    "error apply would ask, and there is no terminal to ask at [USAGE]",
  ],
  [
    "destroy without a terminal",
    { file: queue, words: ["destroy", "--json"] },
    2,
    "error destroy would ask, and there is no terminal to ask at [USAGE]",
  ],
  [
    "an event that is no JSON",
    { file: queue, words: ["invoke", "f", "--event", "{"] },
    2,
    "error --event is not JSON: … [USAGE]",
  ],
  [
    "stdin that is no JSON",
    { file: queue, words: ["invoke", "f"], input: "nope" },
    2,
    "error stdin is not JSON: … [USAGE]",
  ],
  [
    "a time that is none",
    { file: queue, words: ["tail", "f", "--since", "soon"] },
    2,
    'error --since takes 30s, 10m, 2h or 1d, got "soon" [USAGE]',
  ],
  [
    "a graph of no format",
    { file: queue, words: ["dot", "--format", "png"] },
    2,
    'error --format takes dot, mermaid, svg, got "png" [USAGE]',
  ],
  [
    "a local verb that is none",
    { words: ["local", "begin"] },
    2,
    'error local does not know "begin" [USAGE]',
  ],
  [
    "no credentials",
    { file: queue, words: ["plan"], env: noAccount },
    1,
    "error no AWS credentials were found [CREDENTIALS]",
  ],
  [
    "no region",
    { file: queue.replace('{ region: "eu-west-1" }', ""), words: ["plan"] },
    1,
    "error no AWS region is named [REGION]",
  ],
  [
    "an unknown profile",
    { file: queue, words: ["plan", "--profile", "nobody"], env: noAccount },
    1,
    "error no AWS credentials were found in profile nobody [CREDENTIALS]",
  ],
])("%s is refused before any call", async (_what, run, exitCode, message) => {
  expect(await refused(run)).toEqual([exitCode, message]);
});

const answered = { cwd: "" };

test.each([
  ["denied", 403, "AccessDeniedException", "no identity-based policy", "ACCESS_DENIED"],
  ["expired", 403, "ExpiredTokenException", "the token is expired", "CREDENTIALS"],
  ["unknown to us", 400, "TeapotException", "short and stout", "AWS_ERROR"],
])(
  "an answer that is %s is not taken for absence, and nothing is changed",
  async (_what, status, name, message, code) => {
    aws.answer({ status, name, message });
    await inFolder({ "Touchdownfile.ts": queue }, async (cwd) => {
      const { exitCode, stdout, stderr } = await touchdown(["apply", "--yes"], {
        ...answered,
        cwd,
        env: account(),
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain(message);
      expect(stderr).toContain(`[${code}]`);
      expect(stderr).toContain("1 failed; 1 AWS call");
    });
  },
);

test("an endpoint that is down is named", async () => {
  await inFolder({ "Touchdownfile.ts": queue }, async (cwd) => {
    const env = { ...account(), AWS_ENDPOINT_URL: undefined, AWS_MAX_ATTEMPTS: "1" };
    const words = ["plan", "--endpoint-url", "http://127.0.0.1:9"];
    const { exitCode, stderr } = await touchdown(words, { cwd, env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "can't reach SQS at http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9 [ENDPOINT_DOWN]",
    );
  });
});

const bundle = (steps: string): string => `export default (workspace) => {
  const bundle = workspace.addFuselageBundle({ target: workspace.addLocal() });
  ${steps}
};
`;

test("a command that fails half-way says where and how, and keeps what was there", async () => {
  const file =
    bundle(`bundle.addExecute({ command: "echo half > lambda.new && echo sorry >&2 && exit 3", unless: "test -e never" });
  bundle.addOutput({ name: "lambda.zip" });`);
  await inFolder({ "Touchdownfile.ts": file, "lambda.zip": "whole" }, async (cwd) => {
    const { exitCode, stderr } = await touchdown(["apply", "--yes"], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("exit code 3");
    expect(stderr).toContain("sorry");
    expect(stderr).toContain("not tried output lambda.zip");
    expect(await readFile(join(cwd, "lambda.zip"), "utf8")).toBe("whole");
  });
});

test("an output that no step makes is named, with the steps", async () => {
  const file = bundle(
    `bundle.addExecute({ command: "true" }); bundle.addOutput({ name: "lambda.zip" });`,
  );
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const { exitCode, stderr } = await touchdown(["apply", "--yes"], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("lambda.zip");
    expect(stderr).toContain("[OUTPUT_MISSING]");
  });
});

test("a file in the way of a folder is left there", async () => {
  const file = bundle(`bundle.addDirectory({ name: "build" });`);
  await inFolder({ "Touchdownfile.ts": file, build: "mine" }, async (cwd) => {
    const { exitCode, stderr } = await touchdown(["apply", "--yes"], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[FILE_IN_WAY]");
    expect(await readFile(join(cwd, "build"), "utf8")).toBe("mine");
  });
});

test("a plan of a folder that can't be written changes nothing in it", async () => {
  const file = bundle(`bundle.addFile({ name: "sub/settings.json", contents: "{}" });`);
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    await mkdir(join(cwd, "sub"));
    await chmod(join(cwd, "sub"), 0o555);
    const { exitCode, stdout } = await touchdown(["plan"], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toBe("file sub/settings.json\n  * will be written\n  * contents: 2 bytes\n\n");
    expect(await readdir(join(cwd, "sub"))).toEqual([]);
    await chmod(join(cwd, "sub"), 0o755);
    await writeFile(join(cwd, "done"), "");
  });
});
