/** What is no longer declared and not where one looks first: buckets in other regions, files behind many others. */
import { describe, expect, test } from "vitest";
import { bucket } from "../../src/aws/s3/bucket.ts";
import { file } from "../../src/aws/s3/file.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import type { Scope } from "../../src/core/declared.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { fakeWorld } from "./owned-kinds.ts";
import { Refusal } from "./fake/fake-service.ts";
import { World } from "./world.ts";

const places = {
  "on the fake": () => Promise.resolve(fakeWorld()),
  "on the embedded AWS": async () => World.embedded(await embeddedEndpoint()),
};

const show = { undeclared: "show" } as const;
const prune = { undeclared: "delete", data: true } as const;
const full = { refresh: "full" } as const;
const holds = "it holds what is stored in it";

for (const [place, start] of Object.entries(places)) {
  describe(`a bucket in another region, no longer declared, ${place},`, () => {
    async function world() {
      const made = await start();
      made.owner = made.name;
      const near = `${made.name}-near`.toLowerCase();
      const far = `${made.name}-far`.toLowerCase();
      const add = (name: string, region: string) => made.add(bucket, { name, region });
      return { made, near, far, add };
    }

    test("is found by --refresh=full, and deleted", async () => {
      const { made, far, add } = await world();
      await made.applyAll(() => add(far, "us-west-2"));
      const shown = await made.retiring("plan", () => undefined, { ...show, ...full });
      expect(shown.shown).toEqual([`bucket ${far}: ${holds}`]);
      const gone = await made.retiring("apply", () => undefined, { ...prune, ...full });
      expect(gone.deleted).toEqual([`bucket ${far}`]);
      const again = await made.retiring("plan", () => undefined, { ...show, ...full });
      expect(again.shown).toEqual([]);
    });

    test("is found by every plan where another one is declared there, for no call more", async () => {
      const { made, near, far, add } = await world();
      const kept = () => void add(near, "us-west-2");
      await made.applyAll(() => [add(near, "us-west-2"), add(far, "us-west-2")]);
      const before = await made.retiring("plan", () => [kept(), add(far, "us-west-2")], show);
      const { shown, calls } = await made.retiring("plan", kept, show);
      expect(shown).toEqual([`bucket ${far}: ${holds}`]);
      const lists = ["ListBuckets", "GetResources", "GetAccountAuthorizationDetails"];
      const listed = (all: readonly string[]) => all.filter((call) => lists.includes(call)).length;
      expect(listed(calls)).toBe(listed(before.calls));
      const { deleted } = await made.retiring("apply", kept, prune);
      expect(deleted).toEqual([`bucket ${far}`]);
    });

    test("goes with destroy --prune", async () => {
      const { made, near, far, add } = await world();
      await made.applyAll(() => [add(near, made.region), add(far, "us-west-2")]);
      const { deleted } = await made.retiring("destroy", () => add(near, made.region), prune);
      expect(deleted).toEqual([`bucket ${far}`, `bucket ${near}`]);
    });
  });
}

const media = (): World => {
  const world = fakeWorld();
  world.owner = "media";
  return world;
};

test("a prune that knows of buckets in other regions says that it does not look there", async () => {
  const world = media();
  const other = world.elsewhere("billing");
  await other.applyAll(() => other.add(bucket, { name: "theirs", region: "us-west-2" }));
  const declare = () => world.add(bucket, { name: "kept" });
  await world.applyAll(declare);
  const plan = await world.retiring("plan", declare, show);
  expect(plan.warnings).toEqual([]);
  const { warnings, calls } = await world.retiring("apply", declare, prune);
  expect(warnings).toEqual([
    "buckets in us-west-2 that are no longer declared were not looked for; --refresh=full does",
  ]);
  expect(calls).toHaveLength(plan.calls.length);
  const thorough = await world.retiring("apply", declare, { ...prune, ...full });
  expect([...thorough.warnings, ...thorough.deleted]).toEqual([]);
});

test("a workspace without such a bucket pays nothing", async () => {
  const world = media();
  const declare = () => world.add(queue, { name: "jobs" });
  await world.applyAll(declare);
  const { calls } = await world.retiring("apply", declare, prune);
  expect(calls).not.toContain("ListBuckets");
});

test("where buckets may not be listed, a thorough search says so, and the rest is found", async () => {
  const world = media();
  await world.applyAll(() => world.add(queue, { name: "old" }));
  const denied = new Refusal("AccessDenied", "not authorized to perform: s3:ListAllMyBuckets", 403);
  world.faults.once("s3.listBuckets", denied);
  const { shown, warnings } = await world.retiring("plan", () => undefined, { ...show, ...full });
  expect(shown).toEqual(["queue old: may go"]);
  expect(warnings).toEqual([
    expect.stringContaining("buckets in other regions that are no longer declared were not looked"),
  ]);
});

describe("a file that is no longer declared, among many others", () => {
  /** With one of ours, last by name. */
  async function withOthers(count: number) {
    const world = media();
    const kept = () => world.add(bucket, { name: "kept" });
    await world.applyAll(() => world.add(file, { bucket: kept(), name: "zz", contents: "x" }));
    const s3 = await (await world.context()).client("s3");
    for (let n = 0; n < count; n += 1)
      await s3.putObject({ Bucket: "kept", Key: `other${n}`, Body: Buffer.from("x") });
    return { world, kept };
  }
  const lists = (calls: readonly string[]) => calls.filter((call) => call === "ListObjectsV2");

  test("is found behind thousands, at a call for each thousand", async () => {
    const { world, kept } = await withOthers(4_500);
    const { shown, calls, warnings } = await world.retiring("plan", kept, show);
    expect(shown).toEqual(["file kept/zz: may go"]);
    expect(lists(calls)).toHaveLength(5);
    expect(warnings).toEqual([]);
  });

  test("behind more than that, is not found, which is said; --refresh=full finds it", async () => {
    const { world, kept } = await withOthers(5_000);
    const { shown, calls, warnings } = await world.retiring("plan", kept, show);
    expect(shown).toEqual([]);
    expect(lists(calls)).toHaveLength(5);
    expect(warnings).toEqual([
      "files in bucket kept that are no longer declared were looked for only among its first 5,000 objects; --refresh=full: 100,000",
    ]);
    const thorough = await world.retiring("apply", kept, { ...prune, ...full });
    expect(thorough.deleted).toEqual(["file kept/zz"]);
    expect(thorough.warnings).toEqual([]);
  });
});

test("regions that another entry of the account looks in are not said to be left out", async () => {
  const world = media();
  const other = world.elsewhere("billing");
  const theirs = ["us-west-2", "us-east-2"];
  await other.applyAll(() =>
    theirs.forEach((region) => other.add(bucket, { name: `in-${region}`, region })),
  );
  const declare = () => world.add(bucket, { name: "kept" });
  await world.applyAll(declare);
  const west: Scope = {
    ...world.scope,
    label: "west",
    open: async () => ({ ...(await world.context()), region: "us-west-2" }),
  };
  const retire = { owner: "media", scopes: [world.scope, west], undeclared: "delete" } as const;
  const { warnings } = await world.planAll(declare, { retire });
  expect(warnings).toEqual([
    "buckets in us-east-2 that are no longer declared were not looked for; --refresh=full does",
  ]);
});
