import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

test("never more than the limit at once, all in the order of asking, the biggest alone", async () => {
  const budget = new ByteBudget(10);
  const order: number[] = [];
  let held = 0;
  const work = async (bytes: number): Promise<void> => {
    const giveBack = await budget.take(bytes);
    order.push(bytes);
    held += bytes;
    expect(held <= 10 || held === 99).toBe(true);
    await setImmediate();
    held -= bytes;
    giveBack();
  };
  await Promise.all([4, 4, 4, 1, 99, 2].map(work));
  expect(order).toEqual([4, 4, 4, 1, 99, 2]);
  expect(held).toBe(0);
});
