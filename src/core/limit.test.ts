import { expect, test } from "vitest";
import { limit } from "./limit.ts";

test("who comes just when a place is given up does not push past who waits for it", async () => {
  const within = limit(1);
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  const later = async (ticks: number): Promise<void> => {
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    await within(work);
  };
  await Promise.all(Array.from({ length: 20 }, (_, ticks) => later(ticks)));
  expect(most).toBe(1);
});

test("a place is given up by work that fails, too", async () => {
  const within = limit(1);
  await expect(within(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await within(() => Promise.resolve("done"))).toBe("done");
});
