import { describe, expect, test } from "vitest";
import { EventClock } from "../../test/support/event-clock.ts";
import { rateLimits } from "./rate.ts";

/** When each of so many calls at once was let through, in milliseconds. */
async function admitted(
  calls: number,
  { operation = "CreateFunction", seeded = true, service = "lambda" } = {},
): Promise<number[]> {
  const clock = new EventClock();
  const started = clock.now();
  const limits = rateLimits(clock, { seeded });
  const times: number[] = [];
  const work = Array.from({ length: calls }, async () => {
    await limits.admit(service, operation);
    times.push(clock.now() - started);
  });
  await clock.drive(Promise.all(work));
  return times;
}

/** The most calls within any second. */
function busiest(times: readonly number[]): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length),
  );
}

describe("Lambda's published quotas", () => {
  test("a thousand changes keep to fifteen a second, but for a short burst, and waste no time", async () => {
    const times = await admitted(1_000);
    expect(busiest(times)).toBeLessThanOrEqual(20);
    expect(times.at(-1)).toBeGreaterThan((1_000 - 20) * (1_000 / 15));
    expect(times.at(-1)).toBeLessThanOrEqual(1_000 * (1_000 / 15));
  });

  test("GetFunction has a hundred of its own", async () => {
    expect((await admitted(1_000, { operation: "GetFunction" })).at(-1)).toBeLessThan(10_000);
  });

  test("all other calls share the fifteen", async () => {
    const clock = new EventClock();
    const started = clock.now();
    const limits = rateLimits(clock, { seeded: true });
    const work = ["CreateFunction", "TagResource", "PublishVersion"].flatMap((operation) =>
      Array.from({ length: 100 }, () => limits.admit("lambda", operation)),
    );
    await clock.drive(Promise.all(work));
    expect(clock.now() - started).toBeGreaterThan(19_000);
  });

  test("CloudWatch Logs has ten a second for each call that makes, deletes or lists log groups", async () => {
    const times = await admitted(200, { service: "logs", operation: "DescribeLogGroups" });
    expect(busiest(times)).toBeLessThanOrEqual(15);
    expect(times.at(-1)).toBeLessThanOrEqual(20_000);
    expect(times.at(-1)).toBeGreaterThan(19_000);
    expect((await admitted(200, { service: "logs", operation: "TagResource" })).at(-1)).toBe(0);
  });

  test("do not hold for what stands in for AWS, nor for services that publish none", async () => {
    expect((await admitted(1_000, { seeded: false })).at(-1)).toBe(0);
    expect((await admitted(1_000, { service: "sqs" })).at(-1)).toBe(0);
  });
});

test("a service that throttles is called more slowly, and by and by faster again", async () => {
  const clock = new EventClock();
  const started = clock.now();
  const limits = rateLimits(clock, { seeded: false });
  /** Allows ten a second. */
  const made: number[] = [];
  let refused = 0;
  const call = async (): Promise<void> => {
    for (;;) {
      await limits.admit("iam", "GetRole");
      const lately = made.filter((at) => clock.now() - at < 1_000).length;
      if (lately < 10) return void made.push(clock.now());
      refused += 1;
      limits.throttled("iam", "GetRole");
      await clock.sleep(100);
    }
  };
  const worker = async (): Promise<void> => {
    for (let left = 20; left > 0; left -= 1) await call();
  };
  await clock.drive(Promise.all(Array.from({ length: 16 }, worker)));
  expect(made).toHaveLength(320);
  expect(refused).toBeLessThan(made.length / 4);
  expect(clock.now() - started).toBeLessThan(2 * 32_000);
});
