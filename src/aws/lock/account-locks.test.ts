import { expect, test } from "vitest";
import { run } from "../../../test/support/box-world.ts";
import { accountLocks } from "./account-locks.ts";

const account = {
  region: "eu-west-1",
  credentials: { accessKeyId: "KEY", secretAccessKey: "secret" },
};

test("locks are taken in one order, whatever the order of the accounts, and each once", async () => {
  const one = { ...account, label: "one", lock: { bucket: "locks-b" } };
  const two = { ...account, label: "two", lock: { table: "locks-a", key: "web.lock" } };
  const none = { ...account, label: "none" };
  const labels = async (...accounts: Parameters<typeof accountLocks>[0][number][]) =>
    (await accountLocks(accounts, "media", run().runtime)).map(({ label }) => label);
  const ordered = ["dynamodb://locks-a/web.lock", "s3://locks-b/media.lock"];
  expect(await labels(one, none, two, { ...one, label: "again" })).toEqual(ordered);
  expect(await labels(two, one)).toEqual(ordered);
});
