import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bucket } from "../../src/aws/s3/bucket.ts";
import { file } from "../../src/aws/s3/file.ts";
import { inFolder } from "../support/cli.ts";
import { embeddedEndpoint } from "./embedded.ts";
import { fakeS3 } from "./fake/s3.ts";
import { World } from "./world.ts";

const object = { Bucket: "films", Key: "a.txt", ContentType: "text/plain" };
const puts = (calls: readonly string[]) => calls.filter((call) => call === "PutObject").length;

/** A bucket with one object of `bytes` in it, which somebody else put there without a sha256. */
async function start(bytes: string, encryption?: "aws:kms") {
  const s3 = fakeS3();
  await s3.createBucket?.({
    Bucket: object.Bucket,
    CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
  });
  const encrypted = encryption === undefined ? {} : { ServerSideEncryption: encryption };
  await s3.putObject?.({ ...object, ...encrypted, Body: Buffer.from(bytes) });
  const world = World.fake(() => ({ s3 }));
  const declare = (bytes: object) => () =>
    world.add(file, { bucket: object.Bucket, name: object.Key, ...bytes });
  return { world, declare };
}

test("an object without a sha256 is not uploaded again if its ETag is the MD5 of the same bytes", async () => {
  const { world, declare } = await start("hello");
  const same = await world.apply(declare({ contents: "hello" }));
  expect(same).toEqual({ verdict: "unchanged", changes: [], calls: ["HeadObject"] });
  const other = await world.apply(declare({ contents: "Hello" }));
  expect(other.changes).toEqual(["contents: 5 bytes → 5 other bytes"]);
});

test("an object whose ETag is no MD5 is uploaded once more, and from then on its sha256 counts", async () => {
  const { world, declare } = await start("hello", "aws:kms");
  expect(puts((await world.apply(declare({ contents: "hello" }))).calls)).toBe(1);
  expect((await world.apply(declare({ contents: "hello" }))).verdict).toBe("unchanged");
});

test("contents that wait for another resource are pending, whatever is there", async () => {
  const { world, declare } = await start("hello");
  const contents = () => world.add(bucket, { name: "new-bucket" }).getProperty("Arn");
  const planned = await world.plan(() => declare({ contents: contents() })());
  expect(planned.changes).toEqual(["contents: pending (needs bucket new-bucket)"]);
});

test("a source is uploaded when its bytes differ, and the plan shows their size", async () => {
  await inFolder({ "a.txt": "hello" }, async (folder) => {
    const { world, declare } = await start("hello");
    const source = join(folder, "a.txt");
    expect((await world.apply(declare({ source }))).verdict).toBe("unchanged");
    await writeFile(source, "hello, world");
    const planned = await world.plan(declare({ source }));
    expect(planned.changes).toEqual(["contents: 5 bytes → 12 bytes"]);
    expect(puts((await world.apply(declare({ source }))).calls)).toBe(1);
    expect((await world.apply(declare({ source }))).verdict).toBe("unchanged");
  });
});

test("a source that is gone by the time it is uploaded is named, and the object stays", async () => {
  await inFolder({ "a.txt": "hello, world" }, async (folder) => {
    const { world, declare } = await start("hello");
    const source = join(folder, "a.txt");
    const removed = () => rm(source);
    await expect(world.apply(declare({ source }), removed)).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
    expect((await world.plan(declare({ contents: "hello" }))).verdict).toBe("unchanged");
  });
});

test("a source of 9 MB is sent in pieces, on the embedded AWS, and then there is nothing to do", async () => {
  await inFolder({}, async (folder) => {
    const source = join(folder, "big.bin");
    await writeFile(source, randomBytes(9 * 1024 * 1024));
    const world = World.embedded(await embeddedEndpoint());
    const declare = () =>
      world.add(file, { bucket: world.add(bucket, { name: world.name }), name: "big.bin", source });
    expect((await world.apply(declare)).verdict).toBe("create");
    expect((await world.apply(declare)).verdict).toBe("unchanged");
    expect((await world.destroy(declare)).verdict).toBe("delete");
  });
});
