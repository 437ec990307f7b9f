import { describe, expect, test } from "vitest";
import { openContext } from "../../src/aws/context.ts";
import type { AwsContext } from "../../src/aws/context.ts";
import { dynamoDbLock } from "../../src/aws/lock/dynamodb-lock.ts";
import { takeLock } from "../../src/aws/lock/hold-lock.ts";
import type { LockPlace } from "../../src/aws/lock/hold-lock.ts";
import { s3Lock } from "../../src/aws/lock/s3-lock.ts";
import { systemClock } from "../../src/core/runtime.ts";
import type { Runtime } from "../../src/core/runtime.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { fakeDynamodb } from "./fake/dynamodb.ts";
import { fakeContext, Faults } from "./fake/fake-service.ts";
import { fakeS3 } from "./fake/s3.ts";

const runtime: Runtime = {
  emit: () => undefined,
  signal: new AbortController().signal,
  clock: systemClock,
  folder: "/nowhere",
};

const fakes = { s3: fakeS3(), dynamodb: fakeDynamodb() };

const contexts = {
  "on the fake": () => Promise.resolve(fakeContext(fakes, new Faults(), runtime)),
  "on the embedded AWS": embeddedContext,
};

async function embeddedContext(): Promise<AwsContext> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = await embeddedEndpoint();
  return openContext({ region: "eu-west-1", endpoint, credentials, label: "" }, runtime);
}

interface Case {
  readonly label: string;
  readonly missing: string;
  readonly make: (context: AwsContext) => Promise<unknown>;
  readonly place: (context: AwsContext, name: string, key: string) => LockPlace;
  /** Put what is no lock there. */
  readonly spoil: (context: AwsContext, key: string) => Promise<unknown>;
}

const cases: readonly (readonly [string, Case])[] = [
  [
    "a bucket",
    {
      label: "s3://locks/team.lock",
      missing: "bucket elsewhere, which holds the lock, does not exist",
      make: async (context) => {
        const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
        return (await context.client("s3")).createBucket({
          Bucket: "locks",
          CreateBucketConfiguration,
        });
      },
      place: (context, bucket, key) => s3Lock(context, { bucket, key }),
      spoil: async (context, Key) =>
        (await context.client("s3")).putObject({ Bucket: "locks", Key, Body: "[]" }),
    },
  ],
  [
    "a table",
    {
      label: "dynamodb://locks/team.lock",
      missing: "table elsewhere, which holds the lock, does not exist",
      make: async (context) =>
        (await context.client("dynamodb")).createTable({
          TableName: "locks",
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
        }),
      place: (context, table, key) => dynamoDbLock(context, { table, key }),
      spoil: async (context, key) =>
        (await context.client("dynamodb")).putItem({
          TableName: "locks",
          Item: { LockID: { S: key } },
        }),
    },
  ],
];

const record = {
  id: "one",
  owner: "ann@laptop",
  pid: 1,
  command: "touchdown apply",
  since: "2026-11-25T10:00:00.000Z",
  expires: "2026-11-25T10:01:00.000Z",
};

const everywhere = Object.entries(contexts).flatMap(([where, open]) =>
  cases.map(([kind, each]) => [`${kind} ${where}`, { ...each, open }] as const),
);

describe.each(everywhere)("a lock in %s", (_where, each) => {
  const { label, missing, make, place, spoil, open } = each;
  test("is written only over what was seen", async () => {
    const context = await open();
    await make(context);
    const lock = place(context, "locks", "team.lock");
    expect(lock.label).toBe(label);
    expect(await lock.read()).toBeUndefined();
    expect(await lock.write(record, "never there")).toBeUndefined();
    const tag = await lock.write(record, undefined);
    expect(await lock.read()).toEqual({ record, tag });
    expect(await lock.write({ ...record, id: "two" }, undefined)).toBeUndefined();
    const second = await lock.write({ ...record, id: "three" }, tag);
    expect(second).not.toBe(tag);
    expect(await lock.write({ ...record, id: "four" }, tag)).toBeUndefined();
    expect((await lock.read())?.record.id).toBe("three");
  });

  test("goes to one of ten that want it at once, and to another when it is given back", async () => {
    const context = await open();
    const lock = place(context, "locks", "many.lock");
    for (let round = 0; round < 3; round += 1) {
      const wanting = Array.from({ length: 10 }, (_, pid) =>
        takeLock(lock, { owner: "ann", pid, command: "touchdown apply" }, runtime),
      );
      const outcomes = await Promise.allSettled(wanting);
      const held = outcomes.filter((each) => each.status === "fulfilled");
      expect(held).toHaveLength(1);
      await held[0]?.value.release();
      expect((await lock.read())?.record.released).toBeDefined();
    }
  });

  test("refuses what is no lock, and a place that is not there", async () => {
    const context = await open();
    await spoil(context, "other");
    await expect(place(context, "locks", "other").read()).rejects.toMatchObject({
      code: "FILE_IN_WAY",
    });
    const nowhere = place(context, "elsewhere", "x");
    const refusal = { code: "MISSING", message: missing };
    await expect(nowhere.read()).rejects.toMatchObject(refusal);
    await expect(nowhere.write(record, undefined)).rejects.toMatchObject(refusal);
  });
});
