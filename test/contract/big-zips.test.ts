/** Zips over 50 MB, which go through a bucket. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { bigZip } from "../support/big-zip.ts";
import type { FakeObjects } from "./fake/objects.ts";
import { start } from "./function-world.ts";

function aroundPut(
  { client }: FakeObjects,
  around: (put: () => Promise<void>) => Promise<void>,
): void {
  const { putObject } = client;
  const put: typeof putObject = async (input) => {
    await around(async () => void (await putObject?.(input)));
    return {};
  };
  Object.assign(client, { putObject: put });
}

test("over 50 MB go through the bucket under their sha256, once", async () => {
  const { world, declare, objects } = start();
  const bytes = await bigZip();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await world.apply(declare({ code: bytes }));
  expect([...objects.bytes.keys()]).toEqual([`fake-artifacts/${sha256}`]);
  await world.destroy(declare({ code: bytes }));
  const again = await world.apply(declare({ code: bytes }));
  expect(again.calls).not.toContain("PutObject");
});

test("one that several functions have is uploaded once, and no two are on their way at a time", async () => {
  const { world, least, objects } = start();
  const one = await bigZip();
  const other = await bigZip("f = 2");
  let [now, most] = [0, 0];
  aroundPut(objects, async (put) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    await put();
    now -= 1;
  });
  const { calls } = await world.applyAll(() => {
    for (const name of ["a", "b", "c"]) world.add(lambdaFunction, { ...least, name, code: one });
    world.add(lambdaFunction, { ...least, name: "d", code: other });
  });
  const count = (name: string) => calls.filter((call) => call === name).length;
  expect([count("PutObject"), count("HeadObject"), count("CreateFunction")]).toEqual([2, 2, 4]);
  expect(most).toBe(1);
});
