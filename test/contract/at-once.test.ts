/** Roles, queues and log groups are read together: what that costs, and that it sees what a read of each sees. */
import { describe, expect, test } from "vitest";
import { role } from "../../src/aws/iam/role.ts";
import { logGroup } from "../../src/aws/logs/log-group.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { fakeIam } from "./fake/iam.ts";
import { fakeLogs } from "./fake/logs.ts";
import { Refusal } from "./fake/fake-service.ts";
import { fakeSqs } from "./fake/sqs.ts";
import { World } from "./world.ts";

const names = Array.from({ length: 6 }, (_, number) => `thing-${number}`);

interface Kind {
  readonly world: () => World;
  readonly declare: (world: World, name: string, edited: boolean) => unknown;
  /** Of a plan of all, unchanged. */
  readonly lists: readonly string[];
  /** What is called once for each. */
  readonly each?: string;
  readonly denied: string;
}

const allow = (action: string) => ({
  Version: "2012-10-17" as const,
  Statement: [{ Effect: "Allow" as const, Action: action, Resource: "*" }],
});

const kinds: Readonly<Record<string, Kind>> = {
  roles: {
    world: () => World.fake(() => ({ iam: fakeIam() })),
    declare: (world, name, edited) =>
      world.add(role, {
        name,
        description: edited ? "edited" : "as it was",
        maxSessionDuration: 7_200,
        policies: { a: allow("sqs:*"), b: allow("s3:*") },
        managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
        tags: { team: "media" },
      }),
    lists: ["GetAccountAuthorizationDetails", "ListRoles"],
    denied: "iam.getAccountAuthorizationDetails",
  },
  queues: {
    world: () => World.fake((clock) => ({ sqs: fakeSqs(clock) })),
    declare: (world, name, edited) =>
      world.add(queue, { name, delaySeconds: edited ? 7 : 5, tags: { team: "media" } }),
    lists: ["ListQueues", "GetResources"],
    each: "GetQueueAttributes",
    denied: "sqs.listQueues",
  },
  "log groups": {
    world: () => World.fake(() => ({ logs: fakeLogs() })),
    declare: (world, name, edited) =>
      world.add(logGroup, { name, retention: edited ? 14 : 7, tags: { team: "media" } }),
    lists: ["DescribeLogGroups", "GetResources"],
    denied: "tagging.getResources",
  },
};

describe.each(Object.entries(kinds))(
  "%s",
  (_name, { world: make, declare, lists, each, denied }) => {
    const all = (world: World, edited?: string) => () =>
      names.map((name) => declare(world, name, name === edited));

    async function deployed(): Promise<World> {
      const world = make();
      await world.applyAll(all(world));
      return world;
    }

    test("unchanged, they cost their lists", async () => {
      const world = await deployed();
      const { calls, verdicts } = await world.planAll(all(world));
      expect(verdicts).toEqual(new Set(["unchanged"]));
      const single = each === undefined ? [] : names.map(() => each);
      expect(calls.filter((call) => !lists.includes(call))).toEqual(single);
      for (const list of lists) expect(calls).toContain(list);
    });

    test("read by themselves they look the same", async () => {
      const world = await deployed();
      const { calls, verdicts } = await world.planAll(all(world), { refresh: "full" });
      expect(verdicts).toEqual(new Set(["unchanged"]));
      expect(calls).not.toContain("GetResources");
      expect(calls.length).toBeGreaterThanOrEqual(2 * names.length);
    });

    test("a change of one is found", async () => {
      const world = await deployed();
      const { changed } = await world.planAll(all(world, "thing-3"));
      expect(changed).toHaveLength(1);
      expect(changed[0]).toContain("thing-3");
    });

    test("one that is not there is created, and only that one", async () => {
      const world = await deployed();
      const more = () => [...all(world)(), declare(world, "thing-new", false)];
      const { changed } = await world.applyAll(more);
      expect(changed).toHaveLength(1);
      expect((await world.planAll(more)).verdicts).toEqual(new Set(["unchanged"]));
    });

    test("where the lists are not allowed, each is read by itself", async () => {
      const world = await deployed();
      world.faults.once(denied, new Refusal("AccessDenied", "not authorized to perform it", 403));
      const { verdicts } = await world.planAll(all(world));
      expect(verdicts).toEqual(new Set(["unchanged"]));
    });
  },
);
