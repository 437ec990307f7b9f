/** A machine that never built anything, and shares no cache: what is deployed tells it that there is nothing to do. */
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eventsOf } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { touchdownfile } from "../support/package-world.ts";
import type { PackageWorld } from "../support/package-world.ts";
import { usePackageWorld } from "../support/use-package-world.ts";

const used = usePackageWorld([makeWheel({ "dep.py": "x = 1\n" }, { name: "dep" })]);
let aws: Awaited<ReturnType<typeof embeddedAws>>;
beforeAll(async () => {
  aws = await embeddedAws();
});
afterAll(() => aws.stop());

const names = ["f0", "f1", "f2", "f3"];
const declared = (handlerOfLast = "app.handler"): string =>
  touchdownfile(`const aws = workspace.addAws({ region: "eu-west-1", endpoint: ${JSON.stringify(aws.endpoint)}, accessKeyId: "test", secretAccessKey: "test" });
  const role = aws.addRole({ name: "r" });
  for (const name of ${JSON.stringify(names)}) {
    aws.addLambdaFunction({
      name, role, runtime: "python3.11",
      handler: name === "f3" ? ${JSON.stringify(handlerOfLast)} : "app.handler",
      code: workspace.addPythonPackage({ name, requirements: "requirements.txt", sources: ["app.py"], files: { "name.txt": name } }),
    });
  }`);

beforeEach(async () => {
  await aws.reset();
  await used.world.write({
    "Touchdownfile.ts": declared(),
    "requirements.txt": "dep\n",
    "app.py":
      "import dep\ndef handler(event, context): return 1\ndef other(event, context): return 2\n",
  });
  await apply(used.world);
  await rm(used.world.cache, { recursive: true });
});

async function apply(world: PackageWorld): Promise<readonly Record<string, unknown>[]> {
  await mkdir(world.cache, { recursive: true });
  const ran = await world.run("apply", "--yes", "--json");
  if (ran.stderr !== "") throw new Error(ran.stderr);
  const events = eventsOf(ran);
  if (ran.exitCode !== 0)
    throw new Error(JSON.stringify(events.filter(({ type }) => type === "failed")));
  return events;
}

const done = (events: readonly Record<string, unknown>[]): unknown[] =>
  events
    .filter(({ type, verdict }) => type === "finished" && verdict !== "unchanged")
    .map(({ name }) => name);

async function zipsIn(world: PackageWorld): Promise<number> {
  const files = await readdir(join(world.cache, "zips-v1"), { recursive: true }).catch(() => []);
  return files.filter((file) => file.includes("/")).length;
}

test("nothing is built, fetched or uploaded", async () => {
  const before = used.index.downloads("dep-1.0-py3-none-any.whl");
  const events = await apply(used.world);
  expect(done(events)).toEqual([]);
  expect(await zipsIn(used.world)).toBe(0);
  expect(used.index.downloads("dep-1.0-py3-none-any.whl")).toBe(before);
});

test("an edit builds and uploads what it is in, and nothing else", async () => {
  const text = declared().replace('"name.txt": name', '"name.txt": name === "f1" ? "new" : name');
  await used.world.write({ "Touchdownfile.ts": text });
  expect(done(await apply(used.world))).toEqual(["package f1", "function f1"]);
  expect(await zipsIn(used.world)).toBe(1);
});

test("another handler is looked for in the zip, which is built for that", async () => {
  await used.world.write({ "Touchdownfile.ts": declared("app.other") });
  expect(done(await apply(used.world))).toEqual(["function f3"]);
  expect(await zipsIn(used.world)).toBe(1);
  await used.world.write({ "Touchdownfile.ts": declared("app.missing") });
  const ran = await used.world.run("plan");
  expect(ran.exitCode).toBe(0);
  await used.world.write({ "Touchdownfile.ts": declared("nowhere.missing") });
  expect((await used.world.run("plan")).stderr).toContain("nowhere");
});

test("code that somebody else put there is found, and is replaced", async () => {
  const lambda = new (await import("@aws-sdk/client-lambda")).Lambda({
    endpoint: aws.endpoint,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const zip = await lambda
    .getFunction({ FunctionName: "f0" })
    .then(({ Code }) => fetch(Code?.Location ?? ""));
  await lambda.updateFunctionCode({
    FunctionName: "f2",
    ZipFile: new Uint8Array(await zip.arrayBuffer()),
  });
  expect(done(await apply(used.world))).toEqual(["package f2", "function f2"]);
});

test("a clone in another folder knows them too", async () => {
  const { folder } = used.world;
  const clone = join(folder, "../clone with a space");
  await cp(folder, clone, { recursive: true });
  const events = await apply({
    ...used.world,
    run: (...words) => used.world.run(...words, "--file", join(clone, "Touchdownfile.ts")),
  });
  expect(done(events)).toEqual([]);
});
