/** Resources carry whose they are: two workspaces never change the same one. */
import { describe, expect, test } from "vitest";
import { bucket } from "../../src/aws/s3/bucket.ts";
import { file } from "../../src/aws/s3/file.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { Refusal } from "./fake/fake-service.ts";
import { fakeWorld, ownedFile, ownedKinds } from "./owned-kinds.ts";
import { World } from "./world.ts";

const places = {
  "on the fake": () => Promise.resolve(fakeWorld()),
  "on the embedded AWS": async () => World.embedded(await embeddedEndpoint()),
};

/** Calls that change nothing. */
const reading = /^(?:Get|List|Describe|Head)/u;
const changing = (calls: readonly string[]) => calls.filter((call) => !reading.test(call));

const kindsInBucket = async (world: World, kind: (typeof ownedKinds)[number]): Promise<World> => {
  if (kind === ownedFile) {
    await world.apply(() => world.add(bucket, { name: world.name.toLowerCase() }));
  }
  world.owner = "media";
  return world;
};

for (const [place, start] of Object.entries(places)) {
  describe.each([...ownedKinds, ownedFile])(`a $noun of a workspace, ${place},`, (kind) => {
    const inWorld = async () => kindsInBucket(await start(), kind);

    test("carries its name from the start, without a word in the plan", async () => {
      const world = await inWorld();
      const declare = () => kind.add(world, world.name);
      const planned = await world.plan(declare);
      expect(planned.changes.join()).not.toContain("touchdown:");
      await world.apply(declare);
      const again = await world.plan(declare);
      expect({ ...again, calls: [] }).toEqual({ verdict: "unchanged", changes: [], calls: [] });
    });

    test("is refused to another before any call that changes", async () => {
      const world = await inWorld();
      await world.apply(() => kind.add(world, world.name));
      const other = world.elsewhere("billing");
      const calls: string[] = [];
      await expect(
        other.apply(() => kind.add(other, world.name), undefined, calls),
      ).rejects.toMatchObject({
        code: "OWNED_ELSEWHERE",
        message: expect.stringMatching(/ belongs to workspace media, not to billing$/u) as string,
        hint: expect.stringContaining("adopt: true") as string,
      });
      expect(changing(calls)).toEqual([]);
      expect(calls).not.toEqual([]);
      expect((await other.destroy(() => kind.add(other, world.name))).verdict).toBe("unchanged");
      expect((await world.plan(() => kind.add(world, world.name))).verdict).toBe("unchanged");
    });

    test("goes to another with adopt: true, and is refused to the first from then on", async () => {
      const world = await inWorld();
      await world.apply(() => kind.add(world, world.name));
      const other = world.elsewhere("billing");
      const adopted = await other.apply(() => kind.add(other, world.name, { adopt: true }));
      expect(adopted.changes).toEqual(["adopt into workspace billing: workspace media owned it"]);
      expect((await other.plan(() => kind.add(other, world.name))).verdict).toBe("unchanged");
      await expect(world.plan(() => kind.add(world, world.name))).rejects.toMatchObject({
        code: "OWNED_ELSEWHERE",
      });
    });

    test("that nobody owned is adopted, and the plan says so", async () => {
      const world = await inWorld();
      const nobody = world.elsewhere();
      await nobody.apply(() => kind.add(nobody, world.name));
      const declare = () => kind.add(world, world.name);
      const line = "adopt into workspace media: no workspace owned it";
      expect((await world.plan(declare)).changes).toEqual([line]);
      expect((await world.apply(declare)).changes).toEqual([line]);
      expect((await world.plan(declare)).verdict).toBe("unchanged");
    });

    test("that is only referred to is nobody's for that", async () => {
      const world = await inWorld();
      const nobody = world.elsewhere();
      await nobody.apply(() => kind.add(nobody, world.name));
      expect((await world.apply(() => kind.get(world, world.name))).verdict).toBe("unchanged");
      const other = world.elsewhere("billing");
      expect((await other.apply(() => kind.add(other, world.name))).changes[0]).toContain(
        "no workspace owned it",
      );
      expect((await world.plan(() => kind.get(world, world.name))).verdict).toBe("unchanged");
    });

    test("is protected where that is declared, and as long", async () => {
      const world = await inWorld();
      const declare = () => kind.add(world, world.name, { protect: true });
      const free = () => kind.add(world, world.name);
      await world.apply(declare);
      expect((await world.plan(declare)).verdict).toBe("unchanged");
      expect((await world.destroy(declare)).verdict).toBe("unchanged");
      expect((await world.plan(declare)).verdict).toBe("unchanged");
      expect((await world.destroy(free)).verdict).toBe("unchanged");
      expect((await world.plan(declare)).verdict).toBe("unchanged");
      expect((await world.apply(free)).changes).toEqual(["protect: true → false"]);
      expect((await world.plan(free)).verdict).toBe("unchanged");
      expect((await world.apply(declare)).changes).toEqual(["protect: false → true"]);
      await world.apply(free);
      expect((await world.destroy(free)).verdict).toBe("delete");
    });
  });
}

describe.each([...ownedKinds, ownedFile].filter(({ madeBy }) => madeBy !== undefined))(
  "a $noun",
  (kind) => {
    test("that a run made and did not live to see is its workspace's already", async () => {
      const world = await kindsInBucket(fakeWorld(), kind);
      world.faults.lose(kind.madeBy ?? "", new Refusal("KilledHere", "nobody knows"));
      await expect(world.apply(() => kind.add(world, world.name))).rejects.toThrow("nobody knows");
      const other = world.elsewhere("billing");
      await expect(other.plan(() => kind.add(other, world.name))).rejects.toMatchObject({
        code: "OWNED_ELSEWHERE",
      });
    });
  },
);

test("a bucket that somebody made meanwhile is not taken from them", async () => {
  const world = await kindsInBucket(fakeWorld(), ownedFile);
  const name = `${world.name.toLowerCase()}-b`;
  const other = world.elsewhere("billing");
  const meanwhile = async () => void (await other.apply(() => other.add(bucket, { name })));
  await expect(world.apply(() => world.add(bucket, { name }), meanwhile)).rejects.toMatchObject({
    code: "OWNED_ELSEWHERE",
  });
  expect((await other.plan(() => other.add(bucket, { name }))).verdict).toBe("unchanged");
});

test("a bucket that another took since it was read is not taken from them", async () => {
  const world = await kindsInBucket(fakeWorld(), ownedFile);
  const name = `${world.name.toLowerCase()}-b`;
  const nobody = world.elsewhere();
  await nobody.apply(() => nobody.add(bucket, { name }));
  const other = world.elsewhere("billing");
  const meanwhile = async (): Promise<void> => {
    await other.apply(() => other.add(bucket, { name }));
    world.faults.stale("s3.getBucketTagging", { TagSet: [] });
  };
  await expect(world.apply(() => world.add(bucket, { name }), meanwhile)).rejects.toMatchObject({
    code: "CHANGED_ELSEWHERE",
    message: `bucket ${name} was taken by workspace billing during this run, and theirs came first`,
  });
  expect((await other.plan(() => other.add(bucket, { name }))).verdict).toBe("unchanged");
});

test("a workspace without a name changes what another owns, and says so", async () => {
  const world = await kindsInBucket(fakeWorld(), ownedFile);
  await world.apply(() => world.add(queue, { name: "q" }));
  const nobody = world.elsewhere();
  const declare = (delaySeconds: number) => () => nobody.add(queue, { name: "q", delaySeconds });
  expect((await nobody.applyAll(declare(0))).warnings).toEqual([]);
  const { changed, warnings } = await nobody.applyAll(declare(5));
  expect(changed).toEqual(["queue q"]);
  expect(warnings).toEqual([expect.stringContaining("queue q belongs to workspace media")]);
  expect((await world.plan(() => world.add(queue, { name: "q" }))).changes).toEqual([
    "delaySeconds: 5 → 0",
  ]);
  const gone = await nobody.retiring("destroy", declare(5));
  expect(gone.deleted).toEqual(["queue q"]);
  expect(gone.warnings).toEqual([expect.stringContaining("which has no name, deletes it")]);
});

test("tags that are declared or another's stay when a file is uploaded anew", async () => {
  const world = await kindsInBucket(fakeWorld(), ownedFile);
  const there = { bucket: world.name.toLowerCase(), name: "f" };
  await world.apply(() => world.add(file, { ...there, contents: "1", tags: { team: "one" } }));
  const declare = () => world.add(file, { ...there, contents: "2", tags: { cost: "a b+c=d" } });
  const { changes, calls } = await world.apply(declare);
  expect(changes).toEqual(["contents: 1 bytes → 1 other bytes", "tags.cost: a b+c=d"]);
  expect(calls).not.toContain("PutObjectTagging");
  const both = { team: "one", cost: "a b+c=d" };
  expect(
    (await world.plan(() => world.add(file, { ...there, contents: "2", tags: both }))).verdict,
  ).toBe("unchanged");
});
