import { expect, test } from "vitest";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import { AwsError } from "./aws-error.ts";
import { despite, ifSoon, races } from "./wait.ts";

function start() {
  const clock = new VirtualClock();
  const said: string[] = [];
  const runtime = {
    clock,
    emit: (event: object) => void said.push(JSON.stringify(event)),
    signal: new AbortController().signal,
    folder: "/nowhere",
  };
  return { clock, said, runtime };
}

const busy = new AwsError("AWS_ERROR", "busy", {
  awsName: "ResourceConflictException",
  awsMessage: "An update is in progress",
  cause: undefined,
});

test("what is refused for a race is done again, for as long as the race is known to last", async () => {
  const { clock, runtime, said } = start();
  const started = clock.now();
  const work = despite(runtime, ["functionBusy"], "function f", () => Promise.reject(busy));
  await expect(work).rejects.toBe(busy);
  expect(clock.now() - started).toBe(races.functionBusy.atMostMs);
  expect(said[0]).toContain("an earlier update of the function is still in progress");
});

test("the time that AWS took to refuse does not count", async () => {
  const { clock, runtime } = start();
  let calls = 0;
  const work = async (): Promise<string> => {
    calls += 1;
    if (calls > 1) return "done";
    await clock.sleep(10 * races.functionBusy.atMostMs);
    throw busy;
  };
  expect(await despite(runtime, ["functionBusy"], "function f", work)).toBe("done");
});

test("any other refusal is thrown at once", async () => {
  const { clock, runtime } = start();
  const started = clock.now();
  const work = despite(runtime, ["roleBusy"], "role r", () => Promise.reject(busy));
  await expect(work).rejects.toBe(busy);
  expect(clock.now()).toBe(started);
});

test("what may be there soon is looked for that long", async () => {
  const { clock, runtime } = start();
  const started = clock.now();
  const wait = { everyMs: 2_000, atMostMs: 10_000 } as const;
  expect(await ifSoon(runtime, () => Promise.resolve(undefined), wait)).toBeUndefined();
  expect(clock.now() - started).toBe(10_000);
});
