/** A run that looks for what its workspace no longer declares lists nothing twice: the calls, and that all is found. */
import { expect, test } from "vitest";
import { role } from "../../src/aws/iam/role.ts";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { logGroup } from "../../src/aws/logs/log-group.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { Refusal } from "./fake/fake-service.ts";
import { fakeWorld } from "./owned-kinds.ts";
import type { World } from "./world.ts";

const media = (): World => {
  const world = fakeWorld();
  world.owner = "media";
  return world;
};

const many = (count: number, name = "f"): readonly string[] =>
  Array.from({ length: count }, (_, number) => `${name}${number}`);

const show = { undeclared: "show" } as const;

function addFunction(world: World, name: string, timeout = 3): void {
  const executes = `arn:aws:iam::${world.accountId}:role/any`;
  const code = python`f = 1`;
  world.add(lambdaFunction, { name, role: executes, handler: "main.f", code, timeout });
}

/** How often each was called, by name. */
function counted(calls: readonly string[]): Readonly<Record<string, number>> {
  const names = [...new Set(calls)].toSorted((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(
    names.map((name) => [name, calls.filter((call) => call === name).length]),
  );
}

/** As in docs/reading.md. */
const documented = (world: World) => (): void => {
  for (const name of many(300)) addFunction(world, name);
  world.add(role, { name: "all" });
  world.add(queue, { name: "jobs" });
};

/** What a plan costs that also looks for what is no longer declared. */
const planned = {
  GetAccountAuthorizationDetails: 1,
  GetQueueAttributes: 1,
  GetResources: 4,
  GetRole: 1,
  ListFunctions: 6,
  ListQueues: 1,
};

test("three hundred functions, a role and a queue of a workspace: what a plan and an apply call", async () => {
  const world = media();
  await world.applyAll(documented(world));
  const plan = await world.retiring("plan", documented(world), show);
  expect(counted(plan.calls)).toEqual(planned);
  const prune = await world.retiring("apply", documented(world), { undeclared: "delete" });
  expect(counted(prune.calls)).toEqual(planned);
  const apply = await world.retiring("apply", documented(world));
  expect(counted(apply.calls)).toEqual({
    GetQueueAttributes: 1,
    GetQueueUrl: 1,
    GetResources: 3,
    GetRole: 1,
    ListAttachedRolePolicies: 1,
    ListFunctions: 6,
    ListQueueTags: 1,
    ListRolePolicies: 1,
  });
});

test("what is changed is read again by itself, and no list a second time", async () => {
  const world = media();
  const names = many(5);
  const declare = (timeout: number) => (): void => {
    for (const name of names) addFunction(world, name, name === "f3" ? timeout : 3);
  };
  await world.applyAll(declare(3));
  const { calls } = await world.retiring("apply", declare(9), { undeclared: "delete" });
  expect(calls.slice(0, 3).toSorted()).toEqual([
    "GetAccountAuthorizationDetails",
    "GetResources",
    "ListFunctions",
  ]);
  expect(calls.slice(3)[0]).toBe("GetFunction");
  expect(counted(calls)).toMatchObject({
    GetAccountAuthorizationDetails: 1,
    GetResources: 1,
    ListFunctions: 1,
  });
});

test("what is deleted is read by itself twice, before it is shown and before it goes", async () => {
  const world = media();
  const declare = (): void => many(3, "q").forEach((name) => world.add(queue, { name }));
  await world.applyAll(() => {
    declare();
    addFunction(world, "old");
  });
  const { calls, deleted } = await world.retiring("apply", declare, { undeclared: "delete" });
  expect(deleted).toEqual(["function old"]);
  expect(calls.filter((call) => call.includes("Function"))).toEqual([
    "GetFunction",
    "GetFunction",
    "DeleteFunction",
  ]);
  expect(counted(calls)).toMatchObject({ GetResources: 1, ListQueues: 1 });
});

test("among far more of others, whose lists are left, all that is no longer declared is found", async () => {
  const world = media();
  const other = world.elsewhere("billing");
  await other.applyAll(() => {
    for (const name of many(250, "a")) addFunction(other, name);
    for (const name of many(30, "a")) other.add(role, { name });
  });
  const declare = (): void => {
    for (const name of many(3)) addFunction(world, name);
    for (const name of many(2, "r")) world.add(role, { name });
  };
  const gone = [...many(120, "gone"), "z"];
  await world.applyAll(() => {
    declare();
    for (const name of gone) addFunction(world, name);
    for (const name of ["gone", "z"]) world.add(role, { name });
  });
  const { shown, calls } = await world.retiring("plan", declare, show);
  expect(shown.toSorted()).toEqual(
    [
      ...gone.map((name) => `function ${name}: may go`),
      "role gone: may go",
      "role z: may go",
    ].toSorted(),
  );
  // 34 roles, of which the fake lists 4 a call
  expect(counted(calls)).toMatchObject({
    GetAccountAuthorizationDetails: 9,
    GetResources: 2,
    ListFunctions: 3,
  });
});

test("drift is found in what came from the workspace's lists", async () => {
  const world = media();
  const declare = (): void => {
    world.add(queue, { name: "jobs", tags: { team: "media" } });
    world.add(logGroup, { name: "log", tags: { team: "media" } });
    world.add(role, { name: "r", description: "as declared", maxSessionDuration: 7_200 });
  };
  await world.applyAll(declare);
  const { client } = await world.context();
  const [sqs, logs, iam] = await Promise.all([client("sqs"), client("logs"), client("iam")]);
  const { QueueUrl } = await sqs.getQueueUrl({ QueueName: "jobs" });
  await sqs.tagQueue({ QueueUrl, Tags: { team: "billing" } });
  const resourceArn = `arn:aws:logs:${world.region}:${world.accountId}:log-group:log`;
  await logs.tagResource({ resourceArn, tags: { team: "billing" } });
  await iam.updateRole({ RoleName: "r", Description: "by hand", MaxSessionDuration: 7_200 });
  const { changed, calls } = await world.planAll(declare, {
    retire: { owner: "media", scopes: [world.scope], ...show },
  });
  expect(changed.toSorted()).toEqual(["log group log", "queue jobs", "role r"]);
  expect(calls).not.toContain("ListQueueTags");
  expect(calls).not.toContain("ListTagsForResource");
  expect(calls).not.toContain("ListRolePolicies");
});

test("what the workspace's lists do not show is listed with the others, and adopted", async () => {
  const world = media();
  const nobody = world.elsewhere();
  const names = many(60);
  await nobody.applyAll(() => names.forEach((name) => addFunction(nobody, name)));
  const declare = (): void => names.forEach((name) => addFunction(world, name));
  const retire = { owner: "media", scopes: [world.scope], ...show };
  const { verdicts, calls } = await world.planAll(declare, { retire });
  expect(verdicts).toEqual(new Set(["update"]));
  expect(counted(calls)).toEqual({
    GetAccountAuthorizationDetails: 1,
    GetResources: 2,
    ListFunctions: 2,
  });
});

test("lists that are denied are asked for once, and each is read by itself", async () => {
  const world = media();
  const declare = (): void => {
    many(3).forEach((name) => addFunction(world, name));
    world.add(role, { name: "r" });
  };
  await world.applyAll(declare);
  for (const call of ["tagging.getResources", "iam.getAccountAuthorizationDetails"])
    world.faults.once(call, new Refusal("AccessDeniedException", `no ${call}`, 403));
  const { calls, warnings, shown } = await world.retiring("plan", declare, show);
  expect(shown).toEqual([]);
  expect(calls.filter((call) => call === "GetFunction")).toHaveLength(3);
  expect(warnings).toEqual([
    expect.stringContaining("roles that are no longer declared were not looked for"),
    expect.stringContaining("what is no longer declared was not looked for"),
  ]);
  expect(counted(calls)).toMatchObject({ GetAccountAuthorizationDetails: 1, GetResources: 1 });
});
