/** Buckets are read together: what that costs, what is read by itself, and that nothing declared is passed over. */
import { afterEach, describe, expect, test } from "vitest";
import { bucket } from "../../src/aws/s3/bucket.ts";
import type { AddArgs } from "../../src/core/declare.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { Refusal } from "./fake/fake-service.ts";
import { fakeWorld } from "./owned-kinds.ts";
import { World } from "./world.ts";

type Args = AddArgs<typeof bucket.schema>;

const places = {
  "on the fake": () => Promise.resolve(fakeWorld()),
  "on the embedded AWS": async () => World.embedded(await embeddedEndpoint()),
};

/** Every part as somebody may declare it, and the call that reads it. */
const parts: readonly (readonly [Partial<Args>, string])[] = [
  [{ versioning: "enabled" }, "GetBucketVersioning"],
  [{ encryption: { kmsKey: "alias/aws/s3" } }, "GetBucketEncryption"],
  [{ publicAccessBlock: { blockPublicPolicy: false } }, "GetPublicAccessBlock"],
  [{ objectOwnership: "ObjectWriter" }, "GetBucketOwnershipControls"],
  [{ lifecycle: [{ id: "old", expirationDays: 3 }] }, "GetBucketLifecycleConfiguration"],
  [{ cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }] }, "GetBucketCors"],
];

const lists = ["ListBuckets", "GetResources"];
const partCalls = [...parts.map(([, call]) => call), "GetBucketPolicy"];

for (const [place, start] of Object.entries(places)) {
  describe(`buckets ${place}`, () => {
    let made: (() => Promise<unknown>) | undefined;
    afterEach(async () => {
      await made?.();
      made = undefined;
    });

    /** Three buckets, of which one has more arguments. */
    async function deployed(first: Partial<Args> = {}, tags: Args["tags"] = { team: "media" }) {
      const world = await start();
      const names = [1, 2, 3].map((number) => `${world.name.toLowerCase()}-${number}`);
      const [one = ""] = names;
      const all =
        (more: Partial<Args> = {}) =>
        (): void => {
          for (const name of names)
            world.add(bucket, { name, tags, ...(name === one ? more : {}) });
        };
      await world.applyAll(all(first));
      const s3 = await (await world.context()).client("s3");
      made = async () => {
        for (const Bucket of names) await s3.deleteBucket({ Bucket }).catch(() => undefined);
      };
      return { world, all, s3, one };
    }

    test("unchanged, they cost their lists", async () => {
      const { world, all } = await deployed();
      const { calls, verdicts } = await world.planAll(all());
      expect(verdicts).toEqual(new Set(["unchanged"]));
      expect(new Set(calls)).toEqual(new Set(lists));
    });

    test("a part that is declared is read, of that bucket alone; and a drift in it is found", async () => {
      const { world, all, s3, one } = await deployed({ versioning: "enabled" });
      const declared = all({ versioning: "enabled" });
      const { calls, verdicts } = await world.planAll(declared);
      expect(verdicts).toEqual(new Set(["unchanged"]));
      expect(calls.filter((call) => !lists.includes(call))).toEqual(["GetBucketVersioning"]);
      await s3.putBucketVersioning({
        Bucket: one,
        VersioningConfiguration: { Status: "Suspended" },
      });
      expect((await world.planAll(declared)).changed).toEqual([`bucket ${one}`]);
    });

    test("what is declared as it would be without is read as well", async () => {
      const same: Partial<Args> = { versioning: "suspended", publicAccessBlock: {} };
      const { world, all, s3, one } = await deployed(same);
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await s3.putBucketVersioning({ Bucket: one, VersioningConfiguration });
      expect((await world.planAll(all(same))).changed).toEqual([`bucket ${one}`]);
    });

    test("what is declared only now is read, whatever was noted before", async () => {
      const { world, all, s3, one } = await deployed();
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await s3.putBucketVersioning({ Bucket: one, VersioningConfiguration });
      const now = await world.planAll(all({ versioning: "suspended" }));
      expect(now.changed).toEqual([`bucket ${one}`]);
    });

    test.each(parts)("%j that touchdown has set is put back once it is left out", async (args) => {
      const { world, all, one } = await deployed(args);
      const back = await world.applyAll(all());
      expect(back.changed).toEqual([`bucket ${one}`]);
      const { calls, verdicts } = await world.planAll(all());
      expect(verdicts).toEqual(new Set(["unchanged"]));
      expect(new Set(calls)).toEqual(new Set(lists));
    });

    test.each(parts)("%j costs one call of its own", async (args, call) => {
      const { world, all } = await deployed(args);
      const { calls, verdicts } = await world.planAll(all(args));
      expect(verdicts).toEqual(new Set(["unchanged"]));
      expect(calls.filter((each) => !lists.includes(each))).toEqual([call]);
    });

    test("what somebody else set that is not declared is found by --refresh=full", async () => {
      const { world, all, s3, one } = await deployed();
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await s3.putBucketVersioning({ Bucket: one, VersioningConfiguration });
      expect((await world.planAll(all())).changed).toEqual([]);
      const full = await world.planAll(all(), { refresh: "full" });
      expect(full.changed).toEqual([`bucket ${one}`]);
      expect(full.calls.filter((call) => call === "HeadBucket")).toHaveLength(3);
      expect(full.calls).not.toContain("ListBuckets");
    });

    test("a plan of one that differs shows all that will be done with it", async () => {
      const { world, s3, one } = await deployed();
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await s3.putBucketVersioning({ Bucket: one, VersioningConfiguration });
      const edited = () => world.add(bucket, { name: one, tags: { team: "press" } });
      const { changes } = await world.plan(edited);
      expect(changes).toEqual(["versioning: enabled → suspended", "tags.team: media → press"]);
      expect((await world.apply(edited, () => Promise.resolve())).verdict).toBe("update");
    });

    test("one that nobody went over before is read whole, and noted", async () => {
      const { world, all, s3, one } = await deployed();
      const TagSet = [{ Key: "team", Value: "media" }];
      await s3.putBucketTagging({ Bucket: one, Tagging: { TagSet } });
      const found = await world.planAll(all());
      expect(found.changed).toEqual([`bucket ${one}`]);
      for (const call of partCalls) expect(found.calls).toContain(call);
      await world.applyAll(all());
      const { calls } = await world.planAll(all());
      expect(new Set(calls)).toEqual(new Set(lists));
    });

    test("without tags all parts of each are read, and nothing is written to note it", async () => {
      const { world, all, s3, one } = await deployed({}, {});
      await expect(s3.getBucketTagging({ Bucket: one })).rejects.toMatchObject({
        awsName: "NoSuchTagSet",
      });
      const { calls, verdicts } = await world.planAll(all());
      expect(verdicts).toEqual(new Set(["unchanged"]));
      const listed = calls.filter((call) => call === "ListBuckets");
      expect(calls).toHaveLength(listed.length + 3 * partCalls.length);
    });

    test("one in another region is found there, with its tags", async () => {
      const region = "us-west-2";
      const { world, all, one } = await deployed({ region });
      const { calls, verdicts } = await world.planAll(all({ region }));
      expect(verdicts).toEqual(new Set(["unchanged"]));
      expect(calls.filter((call) => !lists.includes(call))).toEqual(["GetBucketTagging"]);
      await expect(world.planAll(all({ region: "us-west-1" }))).rejects.toMatchObject({
        code: "IMMUTABLE",
        message: expect.stringContaining(one),
      });
    });

    test("one that is not there is created, and only that one", async () => {
      const { world, all, s3, one } = await deployed();
      await s3.deleteBucket({ Bucket: one });
      const planned = await world.planAll(all());
      expect(planned.verdicts).toEqual(new Set(["create", "unchanged"]));
      expect(planned.calls.filter((call) => !lists.includes(call))).toEqual(["HeadBucket"]);
      expect((await world.applyAll(all())).changed).toEqual([`bucket ${one}`]);
      expect((await world.planAll(all())).verdicts).toEqual(new Set(["unchanged"]));
    });
  });
}

async function two(): Promise<{ readonly world: World; readonly declare: () => void }> {
  const world = fakeWorld();
  const declare = (): void => {
    for (const name of ["one", "two"]) world.add(bucket, { name: `td-${name}`, tags: { a: "b" } });
  };
  await world.applyAll(declare);
  return { world, declare };
}

test("where lists are not allowed, each is read by itself", async () => {
  const { world, declare } = await two();
  world.faults.once("s3.listBuckets", new Refusal("AccessDenied", "no s3:ListAllMyBuckets", 403));
  const { verdicts, calls } = await world.planAll(declare);
  expect(verdicts).toEqual(new Set(["unchanged"]));
  expect(calls.filter((call) => call === "HeadBucket")).toHaveLength(2);
});

test("a name that another account has is not in our lists, and is said to be taken", async () => {
  const { world, declare } = await two();
  world.faults.once("s3.headBucket", new Refusal("Forbidden", "UnknownError", 403));
  const three = () => {
    declare();
    world.add(bucket, { name: "td-taken", tags: { a: "b" } });
  };
  await expect(world.planAll(three)).rejects.toMatchObject({
    code: "NAME_TAKEN",
    message: "the bucket td-taken exists and is not open to us",
  });
});

test("a run that ended between a part and the end notes the rest later", async () => {
  const { world } = await two();
  const declare = (more: Partial<Args>) => () =>
    world.add(bucket, { name: "td-one", tags: { a: "b" }, ...more });
  world.faults.once("s3.putBucketVersioning", new Refusal("InternalError", "no", 500));
  await expect(world.apply(declare({ versioning: "enabled" }))).rejects.toThrow("no");
  expect((await world.plan(declare({}))).changes).toEqual([
    "note what is read by itself: versioning → none",
  ]);
  await world.apply(declare({}));
  expect((await world.plan(declare({}))).calls.toSorted()).toEqual(lists.toSorted());
});

test("those that are only referred to cost a list, and one by itself HeadBucket", async () => {
  const { world } = await two();
  const get = (names: readonly string[]) => () =>
    names.forEach((name) => world.get(bucket, { name }));
  expect((await world.planAll(get(["td-one", "td-two"]))).calls).toEqual(["ListBuckets"]);
  expect((await world.planAll(get(["td-one"]))).calls).toEqual(["HeadBucket"]);
});

test("among far more of others the list is left when it costs as much as they do", async () => {
  const { world, declare } = await two();
  const s3 = await (await world.context()).client("s3");
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  for (let number = 0; number < 40; number += 1)
    await s3.createBucket({ Bucket: `td-${number}`, CreateBucketConfiguration });
  // the fake lists in the order in which they were made
  for (const Bucket of ["td-one", "td-two"]) await s3.deleteBucket({ Bucket });
  await world.applyAll(declare);
  const { calls, verdicts } = await world.planAll(declare);
  expect(verdicts).toEqual(new Set(["unchanged"]));
  expect(calls.filter((call) => call === "ListBuckets")).toHaveLength(4);
  expect(calls.filter((call) => call === "HeadBucket")).toHaveLength(2);
});
