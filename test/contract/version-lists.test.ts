/** What a change asks about a function's versions, and what it need not. */
import { expect, test } from "vitest";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { start } from "./function-world.ts";

const second = { code: python`f = 2` };

test("versions are listed once a look, where no tag answers for them, however much is changed", async () => {
  const { world, declare, functions, versions } = start();
  await world.apply(declare());
  delete functions.get("f")?.tags["touchdown:settled"];
  const changed = declare({ ...second, timeout: 9, reservedConcurrency: 3, tags: { a: "b" } });
  const { calls } = await world.apply(changed);
  expect(calls.filter((call) => call.startsWith("List"))).toHaveLength(2);
  expect(versions()).toEqual(["1", "2"]);
});

test("a version that somebody else published meanwhile is not published again", async () => {
  const { world, declare, client, functions, versions } = start();
  await world.apply(declare());
  const { clock } = world;
  const sleep = clock.sleep.bind(clock);
  // Once both changes have settled.
  Object.assign(clock, {
    sleep: async (ms: number) => {
      await sleep(ms);
      if (functions.get("f")?.configuration.Timeout !== 9) return;
      await client.publishVersion?.({ FunctionName: "f" }).catch(() => undefined);
    },
  });
  const { calls } = await world.apply(declare({ ...second, timeout: 9 }));
  Object.assign(clock, { sleep });
  expect(versions()).toEqual(["1", "2"]);
  expect(calls).toContain("PublishVersion");
  expect((await world.plan(declare({ ...second, timeout: 9 }))).verdict).toBe("unchanged");
});
