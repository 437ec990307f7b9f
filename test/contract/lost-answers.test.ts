/** What AWS did and did not say: it is found, taken for ours, and not done twice. */
import { describe, expect, test } from "vitest";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { start } from "./function-world.ts";
import { NoAnswer, Refusal } from "./fake/fake-service.ts";

/** As the SDK names an answer that ends in the middle. */
const unreadable = new Refusal("SyntaxError", "Unexpected end of JSON input", 200);
const faults = [
  ["nobody answers", new NoAnswer()],
  ["AWS fails", new Refusal("ServiceException", "An error occurred", 500)],
  ["the answer can't be read", unreadable],
] as const;

describe.for(faults)("a function, where %s after it was done", ([, fault]) => {
  test("is created once, with one version", async () => {
    const { world, declare, versions } = start();
    world.faults.lose("lambda.createFunction", fault);
    const { calls } = await world.apply(declare());
    expect(calls.filter((call) => call === "CreateFunction")).toHaveLength(1);
    expect(versions()).toEqual(["1"]);
    expect((await world.plan(declare())).verdict).toBe("unchanged");
  });

  test.for([
    ["code", "updateFunctionCode", { code: python`f = 2` }],
    ["configuration", "updateFunctionConfiguration", { timeout: 9 }],
    ["version", "publishVersion", { timeout: 9 }],
  ] as const)("gets its %s once, and nobody else is said to have changed it", async (each) => {
    const [, call, more] = each;
    const { world, declare, versions } = start();
    await world.apply(declare());
    world.faults.lose(`lambda.${call}`, fault);
    expect((await world.apply(declare(more))).verdict).toBe("update");
    expect(versions()).toEqual(["1", "2"]);
    expect((await world.plan(declare(more))).verdict).toBe("unchanged");
  });
});

test.for(faults)("where %s before anything was done, it is done after all", async ([, fault]) => {
  const { world, declare, versions } = start();
  for (const call of ["createFunction", "publishVersion"]) {
    world.faults.once(`lambda.${call}`, fault);
  }
  await world.apply(declare());
  for (const call of ["updateFunctionCode", "updateFunctionConfiguration"]) {
    world.faults.once(`lambda.${call}`, fault);
  }
  await world.apply(declare({ timeout: 9, code: python`f = 2` }));
  expect(versions()).toEqual(["1", "2"]);
});

test("a run that ended between a version and its note leaves the note to the next", async () => {
  const { world, declare, versions } = start();
  await world.apply(declare());
  world.faults.once("lambda.tagResource", new Refusal("AccessDeniedException", "not now", 403));
  const later = declare({ timeout: 9 });
  await expect(world.apply(later)).rejects.toMatchObject({ code: "ACCESS_DENIED" });
  expect(versions()).toEqual(["1", "2"]);
  const { changes } = await world.apply(later);
  expect(changes).toEqual(["note that it has settled: not noted → noted"]);
  expect(versions()).toEqual(["1", "2"]);
  expect((await world.plan(later)).calls).toEqual(["GetFunction"]);
});

test("a function that is not there is created by somebody else meanwhile: that is said", async () => {
  const { world, declare } = start();
  const exists = new Refusal("ResourceConflictException", "Function already exist: f", 409);
  world.faults.once("lambda.createFunction", exists);
  await expect(world.apply(declare())).rejects.toMatchObject({
    code: "CHANGED_ELSEWHERE",
    message: "function f was created by someone else during this run, and theirs came first",
  });
});

test("a change whose answer was lost, while somebody else changed it too, is not made over theirs", async () => {
  const { world, declare, client } = start();
  await world.apply(declare());
  world.faults.once("lambda.updateFunctionConfiguration", new NoAnswer());
  const { clock } = world;
  const sleep = clock.sleep.bind(clock);
  // While we wait before we look.
  Object.assign(clock, {
    sleep: async (ms: number) => {
      await client.updateFunctionConfiguration?.({ FunctionName: "f", MemorySize: 512 });
      Object.assign(clock, { sleep });
      await sleep(ms);
    },
  });
  await expect(world.apply(declare({ timeout: 9 }))).rejects.toMatchObject({
    code: "CHANGED_ELSEWHERE",
  });
});

test("an older version is removed once an update that is in progress lets it", async () => {
  const { world, declare, versions } = start();
  await world.apply(declare());
  await world.apply(declare({ timeout: 9 }));
  const busy = new Refusal("ResourceConflictException", "An update is in progress", 409);
  world.faults.once("lambda.deleteFunction", busy);
  await world.apply(declare({ timeout: 9, keepVersions: 1 }));
  expect(versions()).toEqual(["2"]);
});
