/** Many functions are read together: what that costs, and what it sees. */
import { beforeEach, describe, expect, test } from "vitest";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import type { Resource } from "../../src/core/resource.ts";
import { start } from "./function-world.ts";
import type { Args } from "./function-world.ts";
import { Refusal } from "./fake/fake-service.ts";

type World = ReturnType<typeof start>;

let around: World;
beforeEach(() => {
  around = start();
});

const names = Array.from({ length: 60 }, (_, number) => `f${String(number).padStart(2, "0")}`);

/** Sixty functions, of whom one has other arguments. */
function all(more: Partial<Args> = {}, which = "f07"): Resource[] {
  const { world, least } = around;
  return names.map((name) =>
    world.add(lambdaFunction, { ...least, name, ...(name === which ? more : {}) }),
  );
}

async function deployed(more: Partial<Args> = {}): Promise<void> {
  const outcome = await around.world.applyAll(() => all(more));
  expect(outcome.verdicts).toEqual(new Set(["create"]));
}

test("unchanged, they cost a call for fifty and one for the tags of a hundred", async () => {
  await deployed();
  const { calls, verdicts } = await around.world.planAll(() => all());
  expect(verdicts).toEqual(new Set(["unchanged"]));
  expect(calls.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    "GetResources",
    "ListFunctions",
    "ListFunctions",
  ]);
});

test("not there, they cost no more", async () => {
  const { calls, verdicts } = await around.world.planAll(() => all());
  expect(verdicts).toEqual(new Set(["create"]));
  expect(calls).toEqual(["ListFunctions", "GetResources"]);
});

test("with `refresh: full` each is read by itself", async () => {
  await deployed();
  const { calls } = await around.world.planAll(() => all(), { refresh: "full" });
  expect(calls).toEqual(names.map(() => "GetFunction"));
});

describe("one is read by itself", () => {
  async function callsOf(more: Partial<Args> = {}): Promise<readonly string[]> {
    const { calls } = await around.world.planAll(() => all(more));
    return calls.filter((call) => call !== "ListFunctions" && call !== "GetResources");
  }

  test("whose update was never noted as settled", async () => {
    await deployed();
    await around.client.updateFunctionConfiguration?.({ FunctionName: "f07", Timeout: 60 });
    expect(await callsOf()).toEqual(["GetFunction", "ListVersionsByFunction"]);
  });

  test("that has or had reserved concurrency", async () => {
    await deployed({ reservedConcurrency: 5 });
    expect(await callsOf({ reservedConcurrency: 5 })).toEqual(["GetFunction"]);
    expect(await callsOf()).toEqual(["GetFunction"]);
    await around.world.applyAll(() => all());
    expect(await callsOf()).toEqual([]);
  });

  test("whose tags are gone", async () => {
    await deployed();
    const { functions } = around;
    for (const key of Object.keys(functions.get("f07")?.tags ?? {}))
      delete functions.get("f07")?.tags[key];
    expect((await callsOf())[0]).toBe("GetFunction");
  });
});

test("a function without versions needs no read of its own either", async () => {
  await deployed({ publish: false });
  const { calls, verdicts } = await around.world.planAll(() => all({ publish: false }));
  expect(calls).not.toContain("GetFunction");
  expect(verdicts).toEqual(new Set(["unchanged"]));
  await around.world.applyAll(() => all({ publish: false, timeout: 9 }));
  expect(
    (await around.world.planAll(() => all({ publish: false, timeout: 9 }))).calls,
  ).not.toContain("GetFunction");
});

test("a change that a list shows is found without reading by itself", async () => {
  await deployed();
  const { calls, changed } = await around.world.planAll(() => all({ timeout: 9 }));
  expect(changed).toEqual(["function f07"]);
  expect(calls).not.toContain("GetFunction");
});

test("where the tagging API is not allowed, each is read by itself, and it is said", async () => {
  await deployed();
  around.world.faults.once(
    "tagging.getResources",
    new Refusal("AccessDeniedException", "no tag:GetResources", 403),
  );
  const { calls, verdicts, warnings } = await around.world.planAll(() => all());
  expect(verdicts).toEqual(new Set(["unchanged"]));
  expect(calls.filter((call) => call === "GetFunction")).toHaveLength(60);
  expect(warnings).toEqual([expect.stringContaining("60 functions are read one by one")]);
});

test("in an account with far more functions, the list is left when it costs as much as they do", async () => {
  await deployed();
  const { world, least } = around;
  const few = () => names.slice(-3).map((name) => world.add(lambdaFunction, { ...least, name }));
  for (let number = 0; number < 400; number += 1) {
    around.functions.set(`a${number}`, structuredClone(around.functions.get("f00")!));
  }
  around.functions.forEach(
    (kept, name) => (kept.configuration = { ...kept.configuration, FunctionName: name }),
  );
  const sorted = [...around.functions].toSorted(([a], [b]) => (a < b ? -1 : 1));
  around.functions.clear();
  for (const [name, kept] of sorted) around.functions.set(name, kept);
  const { calls } = await world.planAll(few);
  expect(calls.filter((call) => call === "ListFunctions")).toHaveLength(3);
  expect(calls.filter((call) => call === "GetFunction")).toHaveLength(3);
});
