/**
 * Fifty schedules of faults, by their seeds; more by `npm run faults`. Each must leave the world, one clean run later,
 * exactly as one without faults does.
 */
import { expect, test } from "vitest";
import { prove } from "./prove.ts";

const chance = Number(process.env["TOUCHDOWN_TEST_SEED"] ?? Date.now() % 1_000_000);

test.each(Array.from({ length: 49 }, (_, seed) => seed + 1))("schedule %i", async (seed) => {
  expect((await prove(seed)).broken).toEqual([]);
});

test(`schedule ${chance}, by chance`, async () => {
  expect((await prove(chance)).broken).toEqual([]);
});

test("a schedule comes to the same when it is played again", async () => {
  const lines = async (): Promise<readonly string[]> => {
    const noted: string[] = [];
    await prove(18, (line) => noted.push(line));
    return noted;
  };
  const once = await lines();
  expect(once.length).toBeGreaterThan(50);
  expect(await lines()).toEqual(once);
});
