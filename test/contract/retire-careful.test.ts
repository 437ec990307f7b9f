/** Before something is deleted because it is no longer declared: what is asked, what it costs, what goes wrong. */
import { expect, test } from "vitest";
import { role } from "../../src/aws/iam/role.ts";
import { logGroup } from "../../src/aws/logs/log-group.ts";
import { bucket } from "../../src/aws/s3/bucket.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { Refusal } from "./fake/fake-service.ts";
import { fakeWorld } from "./owned-kinds.ts";
import type { World } from "./world.ts";

const media = (): World => {
  const world = fakeWorld();
  world.owner = "media";
  return world;
};

test("what it costs: the roles of the account, a list for each bucket; the tags were read with what is declared", async () => {
  const world = media();
  const names = Array.from({ length: 120 }, (_, n) => `q${n}`);
  const declare = (): void => {
    for (const name of names) world.add(queue, { name });
    world.add(bucket, { name: "kept" });
  };
  await world.applyAll(declare);
  const without = await world.retiring("plan", declare);
  const search = await world.retiring("plan", declare, { undeclared: "show" });
  const more = search.calls.filter((call) => !without.calls.includes(call));
  expect(more.toSorted()).toEqual(["GetAccountAuthorizationDetails", "ListObjectsV2"]);
  const lists = ({ calls }: typeof search) => calls.filter((call) => call === "GetResources");
  // two for 120 queues and one for buckets; together they are two
  expect([lists(without).length, lists(search).length]).toEqual([3, 2]);
  expect(search.calls).toHaveLength(without.calls.length - 1 + 2);
});

test("a hint is not believed: what is gone, or carries another's name by now, is neither shown nor deleted", async () => {
  const world = media();
  await world.applyAll(() => {
    world.add(queue, { name: "gone" });
    world.add(queue, { name: "taken" });
  });
  const tagging = await (await world.context()).client("tagging");
  const answer = await tagging.getResources({ TagFilters: [{ Key: "touchdown:workspace" }] });
  const other = world.elsewhere("billing");
  await other.applyAll(() => other.add(queue, { name: "taken", adopt: true }));
  await other.destroy(() => other.add(queue, { name: "gone", adopt: true }));
  const sqs = await (await world.context()).client("sqs");
  await sqs.deleteQueue({ QueueUrl: (await sqs.getQueueUrl({ QueueName: "gone" })).QueueUrl });
  world.faults.stale("tagging.getResources", answer);
  const pruned = await world.retiring("apply", () => undefined, { undeclared: "delete" });
  expect({ ...pruned, calls: [] }).toMatchObject({ deleted: [], left: [], shown: [] });
});

test("what changes hands after it was asked for is not deleted", async () => {
  const world = media();
  await world.applyAll(() => world.add(queue, { name: "old" }));
  const other = world.elsewhere("billing");
  const meanwhile = async (): Promise<void> => {
    await other.applyAll(() => other.add(queue, { name: "old", adopt: true }));
  };
  await expect(
    world.retiring("apply", () => undefined, { undeclared: "delete", meanwhile }),
  ).rejects.toMatchObject({
    code: "PLAN_STALE",
    message: "queue old belongs to this workspace no more",
  });
  expect((await other.plan(() => other.add(queue, { name: "old" }))).verdict).toBe("unchanged");
});

test("nothing is deleted where something before it failed", async () => {
  const world = media();
  await world.applyAll(() => world.add(queue, { name: "old" }));
  world.faults.once("logs.createLogGroup", new Refusal("LimitExceededException", "too many"));
  const declare = () => {
    world.add(logGroup, { name: "new" });
    world.add(queue, { name: "new" }).movedFrom.push("old");
  };
  await expect(world.retiring("apply", declare, { undeclared: "delete" })).rejects.toThrow(
    "too many",
  );
  expect((await world.plan(() => world.add(queue, { name: "old" }))).verdict).toBe("unchanged");
  expect((await world.retiring("apply", declare)).deleted).toEqual(["queue old"]);
});

test("what is not this workspace's is left under its former name, and said", async () => {
  const world = media();
  const nobody = world.elsewhere();
  await nobody.applyAll(() => nobody.add(queue, { name: "old" }));
  const declare = () => void world.add(queue, { name: "new" }).movedFrom.push("old");
  const { deleted, left } = await world.retiring("apply", declare);
  expect({ deleted, left }).toEqual({
    deleted: [],
    left: ["queue old: queue new took its place, but no workspace owns it, and it stays"],
  });
});

test("where roles may not be listed, that is said, and the rest is found", async () => {
  const world = media();
  await world.applyAll(() => {
    world.add(queue, { name: "old" });
    world.add(role, { name: "old" });
  });
  const denied = new Refusal(
    "AccessDenied",
    "not authorized to perform: iam:GetAccountAuthorizationDetails",
    403,
  );
  world.faults.once("iam.getAccountAuthorizationDetails", denied);
  const { shown, warnings } = await world.retiring("plan", () => undefined, { undeclared: "show" });
  expect(shown).toEqual(["queue old: may go"]);
  expect(warnings).toEqual([
    expect.stringContaining("roles that are no longer declared were not looked for"),
  ]);
});

test("a plan goes on where the search fails, a prune does not", async () => {
  const world = media();
  const fail = () =>
    world.faults.once("tagging.getResources", new Refusal("AccessDeniedException", "no", 403));
  fail();
  const { warnings } = await world.retiring("plan", () => undefined, { undeclared: "show" });
  expect(warnings).toEqual([
    expect.stringContaining("what is no longer declared was not looked for"),
  ]);
  fail();
  await expect(
    world.retiring("apply", () => undefined, { undeclared: "delete" }),
  ).rejects.toMatchObject({
    code: "ACCESS_DENIED",
  });
});

test("files that somebody else uploads into a bucket of ours are not asked about one by one without end", async () => {
  const world = media();
  const declare = () => world.add(bucket, { name: "kept" });
  await world.applyAll(declare);
  const s3 = await (await world.context()).client("s3");
  for (let n = 0; n < 150; n += 1) {
    await s3.putObject({ Bucket: "kept", Key: `other${n}`, Body: Buffer.from("x") });
  }
  const few = await world.retiring("plan", declare, { undeclared: "show" });
  expect(few.calls).not.toContain("HeadObject");
  const ChecksumSHA256 = "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=";
  for (let n = 0; n < 101; n += 1) {
    await s3.putObject({ Bucket: "kept", Key: `sum${n}`, Body: Buffer.from("x"), ChecksumSHA256 });
  }
  const many = await world.retiring("plan", declare, { undeclared: "show" });
  expect(many.calls).not.toContain("HeadObject");
  expect(many.warnings).toEqual([expect.stringContaining("files in bucket kept")]);
});

test("however many there are, they are read a few at a time", async () => {
  const world = media();
  const names = Array.from({ length: 60 }, (_, n) => `q${n}`);
  await world.applyAll(() => names.forEach((name) => world.add(queue, { name })));
  const { calls, shown } = await world.retiring("plan", () => undefined, { undeclared: "show" });
  expect(shown).toHaveLength(60);
  // Each takes its address first: with all at once these would come before all else.
  const first = calls.slice(2).findIndex((call) => call !== "GetQueueUrl");
  expect(first).toBeLessThanOrEqual(16);
});
