/** What was renamed, and a run that is killed before or after any of its calls: nothing is lost, and the next finishes it. */
import { expect, test } from "vitest";
import { role } from "../../src/aws/iam/role.ts";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { fakeIam } from "./fake/iam.ts";
import { fakeLambda } from "./fake/lambda.ts";
import type { FakeLambda } from "./fake/lambda.ts";
import { fakeSqs } from "./fake/sqs.ts";
import type { FakeSqs } from "./fake/sqs.ts";
import { World } from "./world.ts";

/** A function, its role and its queue, of a workspace with a name. */
function start() {
  const iam = fakeIam();
  let lambda: FakeLambda | undefined;
  let sqs: FakeSqs | undefined;
  const world = World.fake((clock) => {
    lambda = fakeLambda(clock);
    sqs = fakeSqs(clock);
    return { iam, sqs, lambda: lambda.client };
  });
  world.owner = "media";
  const declare = (name: "old" | "new") => (): void => {
    const parts = {
      role: world.add(role, { name }),
      queue: world.add(queue, { name, visibilityTimeout: 45 }),
    };
    const made = world.add(lambdaFunction, {
      name,
      role: parts.role,
      handler: "main.f",
      code: python`f = 1`,
      environment: { QUEUE: parts.queue.getProperty("QueueUrl") },
    });
    const user = world.add(lambdaFunction, {
      name: "user",
      role: parts.role,
      handler: "main.f",
      code: python`f = 2`,
      environment: { QUEUE: parts.queue.getProperty("QueueUrl") },
    });
    if (name === "old") return;
    for (const each of [parts.role, parts.queue, made]) each.movedFrom.push("old");
    expect(user.movedFrom).toEqual([]);
  };
  /** What is there, by kind and name; and what the function that has no other name by now refers to. */
  const there = () => {
    const functions = lambda?.functions ?? new Map<string, never>();
    const { Role = "", Environment } = functions.get("user")?.configuration ?? {};
    const queues = [...(sqs?.queues.values() ?? [])];
    return {
      names: [
        ...[...iam.roles.keys()].map((name) => `role ${name}`),
        ...queues.flatMap(({ name, deletedAt }) =>
          deletedAt === undefined ? [`queue ${name}`] : [],
        ),
        ...[...functions.keys()].map((name) => `function ${name}`),
      ].toSorted(),
      needs: [
        `role ${Role.split("/").at(-1)}`,
        `queue ${Environment?.Variables?.["QUEUE"]?.split("/").at(-1)}`,
      ],
    };
  };
  return { world, declare, there };
}

const before = ["function old", "function user", "queue old", "role old"];
const after = ["function new", "function user", "queue new", "role new"];

async function callsOfRename(): Promise<readonly string[]> {
  const { world, declare, there } = start();
  await world.applyAll(declare("old"));
  expect(there().names).toEqual(before);
  const { calls } = await world.retiring("apply", declare("new"));
  expect(there().names).toEqual(after);
  return calls;
}

test("a rename makes all that is new and repoints what refers to it, before it deletes the first", async () => {
  const calls = await callsOfRename();
  const firstDelete = calls.findIndex((call) => call.startsWith("Delete"));
  const lastMade = calls.findLastIndex((call) => /^(?:Create|Put|Update|Set|Tag)/u.test(call));
  expect(lastMade).toBeGreaterThan(0);
  expect(firstDelete).toBeGreaterThan(lastMade);
});

test.each(["before", "after"] as const)("killed %s each call in turn", async (when) => {
  const { length } = await callsOfRename();
  for (let call = 1; call <= length; call += 1) {
    const { world, declare, there } = start();
    await world.applyAll(declare("old"));
    world.faults.killAt(call, when);
    await expect(world.retiring("apply", declare("new"))).rejects.toThrow("was killed");
    const { names, needs } = there();
    for (const name of ["function", "queue", "role"]) {
      expect(names.some((each) => each === `${name} old` || each === `${name} new`)).toBe(true);
    }
    expect(names).toEqual(expect.arrayContaining(needs));
    world.faults.revive();
    await world.retiring("apply", declare("new"));
    expect(there()).toEqual({ names: after, needs: ["role new", "queue new"] });
    const again = await world.retiring("plan", declare("new"), { undeclared: "show" });
    expect([...again.planned, ...again.shown, ...again.left]).toEqual([]);
    const { verdicts } = await world.planAll(declare("new"));
    expect(verdicts).toEqual(new Set(["unchanged"]));
  }
});
