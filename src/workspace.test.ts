import { expect, test } from "vitest";
import { buildGraph } from "./core/graph.ts";
import { InvalidTouchdownfile } from "./errors.ts";
import { touchdown, Workspace } from "./workspace.ts";

test("a resource of one name may be in several accounts and regions", async () => {
  const workspace = new Workspace();
  for (const options of [
    { region: "eu-west-1" },
    { region: "eu-central-1" },
    { region: "eu-central-1" },
    { region: "eu-west-1", name: "staging" },
  ]) {
    workspace.addAws(options).addQueue({ name: "jobs" });
  }
  const { nodes } = await buildGraph(workspace.resources, workspace.problems);
  expect(nodes.map(({ id }) => id)).toEqual([
    "aws.sqs.queue jobs",
    "aws.sqs.queue jobs (eu-central-1)",
    "aws.sqs.queue jobs (aws 3)",
    "aws.sqs.queue jobs (staging)",
  ]);
});

test("a function is called where it is declared, with the command line's word above the file's", () => {
  const overrides = { endpoint: "http://127.0.0.1:4566", region: "us-east-1" };
  const workspace = new Workspace({ overrides });
  workspace.addAws({ region: "eu-west-1" });
  const second = workspace.addAws({ region: "eu-central-1", name: "other", profile: "two" });
  second.getLambdaFunction({ name: "f" });
  expect(workspace.functionOf("f").settings).toMatchObject({
    ...overrides,
    label: "other",
    profile: "two",
  });
  expect(workspace.functionOf("unknown").settings).toMatchObject({ label: "" });
});

test("credentials from the command line leave no profile and no role to assume", () => {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const workspace = new Workspace({
    overrides: { credentials: () => credentials, endpoint: "http://127.0.0.1:1" },
  });
  const assumeRole = { arn: "arn:aws:iam::123456789012:role/deploy" };
  workspace.addAws({ region: "eu-west-1", profile: "prod", assumeRole });
  const settings = workspace.functionOf("f").settings;
  expect(settings).toMatchObject({ credentials });
  expect(settings).not.toHaveProperty("profile");
  expect(settings).not.toHaveProperty("assumeRole");
});

test("the AWS on this machine is told which account is meant", () => {
  const credentials = (account = "none") => ({ accessKeyId: account, secretAccessKey: "test" });
  const workspace = new Workspace({ overrides: { credentials } });
  const assumeRole = { arn: "arn:aws:iam::222222222222:role/deploy" };
  workspace.addAws({ expectAccount: "111111111111", assumeRole });
  workspace.addAws({ name: "by role", assumeRole });
  workspace.addAws({ name: "any" });
  const keys = workspace.accounts.map((settings) => settings.credentials?.accessKeyId);
  expect(keys).toEqual(["111111111111", "222222222222", "none"]);
});

test("a Touchdownfile with a name owns what it declares with add…", async () => {
  const declare = touchdown({ name: "media" }, (workspace) => {
    const aws = workspace.addAws({ region: "eu-west-1" });
    aws.addQueue({ name: "jobs", tags: { team: "one" } });
    aws.getQueue({ name: "other" });
    return Promise.resolve(3);
  });
  const workspace = new Workspace();
  await expect(declare(workspace)).resolves.toBe(3);
  expect(workspace.name).toBe("media");
  const { nodes } = await buildGraph(workspace.resources, workspace.problems);
  expect(nodes.map(({ args }) => args["tags"])).toEqual([
    { team: "one", "touchdown:workspace": "media" },
    undefined,
  ]);
});

test("without a name nothing is owned", async () => {
  const workspace = new Workspace();
  workspace.addAws({ region: "eu-west-1" }).addQueue({ name: "jobs", protect: true });
  const { nodes } = await buildGraph(workspace.resources, workspace.problems);
  expect(nodes[0]?.args["tags"]).toEqual({});
});

test.each(["", "a b", "ä", "a".repeat(65), 5, undefined])("%j is no name", (name) => {
  expect(() => touchdown({ name: name as string }, () => undefined)).toThrow(
    "touchdown: name must be 1 to 64 letters, digits, _ and -",
  );
});

test("a name alone is no Touchdownfile", () => {
  expect(() => touchdown({ name: "media" }, undefined as never)).toThrow(
    "touchdown takes a function as its second argument",
  );
});

test("a function that several accounts have is named with its place", () => {
  const workspace = new Workspace();
  for (const name of ["dev", "prod"]) {
    workspace.addAws({ region: "eu-west-1", name }).getLambdaFunction({ name: "f" });
  }
  expect(() => workspace.functionOf("f")).toThrow(
    expect.objectContaining({
      code: "NAME_AMBIGUOUS",
      message: "there is more than one function f",
      hint: 'name "function f (dev)" or "function f (prod)"',
    }),
  );
  expect(workspace.functionOf("function f (prod)")).toMatchObject({
    name: "f",
    settings: { label: "prod" },
  });
  expect(() => workspace.functionOf("function f")).toThrow("there is more than one function");
});

test("what no function can be named is refused before AWS is asked", () => {
  const workspace = new Workspace();
  workspace.addAws({ region: "eu-west-1", name: "prod" }).getLambdaFunction({ name: "api" });
  const arn = "arn:aws:lambda:eu-west-1:123456789012:function:other";
  expect(workspace.functionOf(arn).name).toBe(arn);
  expect(workspace.functionOf("function api").name).toBe("api");
  expect(() => workspace.functionOf("queue jobs")).toThrow(
    expect.objectContaining({ code: "NAME_UNKNOWN", message: 'no function is named "queue jobs"' }),
  );
  expect(() => workspace.functionOf("function api (pord)")).toThrow(
    'no function is named "function api (pord)", did you mean "function api (prod)"?',
  );
});

test.each([{}, { bucket: "some-bucket", table: "t" }])("a lock in %j is refused", (lock) => {
  const workspace = new Workspace();
  workspace.addAws({ region: "eu-west-1", lock });
  expect(workspace.problems.map(({ message }) => message)).toEqual([
    "addAws: lock takes either a bucket or a table",
  ]);
});

test("a rename that can't be meant is refused before any call", async () => {
  const workspace = new Workspace();
  const declare = touchdown({ name: "media" }, (named) => {
    const aws = named.addAws({ region: "eu-west-1" });
    const jobs = aws.addQueue({ name: "jobs" });
    aws.addQueue({ name: "there" });
    named.moved(jobs, { from: "was" });
    named.moved(jobs, { from: "there" });
    named.moved(jobs, { from: "jobs" });
    named.moved(jobs, { from: "no name" });
    named.moved(aws.getQueue({ name: "got" }), { from: "was" });
    named.moved(aws.addLayer({ name: "l", content: new Uint8Array() as never }), { from: "was" });
  });
  declare(workspace);
  const refused = await buildGraph(workspace.resources, workspace.problems).catch(
    (error: unknown) => error,
  );
  if (!(refused instanceof InvalidTouchdownfile)) throw new Error("nothing was refused");
  const said = refused.problems.map(({ message }) => message);
  expect(said.filter((message) => message.startsWith("moved"))).toEqual([
    "moved queue jobs: queue there is still declared",
    "moved queue jobs: that is its name",
    'moved queue jobs: "no name" is no name that it can have had',
    "moved queue got: it is only referred to, with get…",
    "moved layer l: no workspace can own a layer",
  ]);
});

test("a rename takes a workspace with a name", async () => {
  const workspace = new Workspace();
  const jobs = workspace.addAws({ region: "eu-west-1" }).addQueue({ name: "jobs" });
  workspace.moved(jobs, { from: "was" });
  await expect(buildGraph(workspace.resources)).rejects.toThrow(
    "moved queue jobs: this takes a workspace with a name",
  );
});
