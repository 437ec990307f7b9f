import { expect, test } from "vitest";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { Event } from "./events.ts";
import { until } from "./until.ts";

const wait = { everyMs: 1_000, atMostMs: 60_000 };

function start() {
  const clock = new VirtualClock();
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  const runtime = { clock, emit, signal: new AbortController().signal, folder: "/nowhere" };
  return { clock, events, runtime };
}

test("a wait ends, and says what it waited for and for how long", async () => {
  const { events, runtime } = start();
  const asked = until(runtime, "the moon to rise", () => Promise.resolve(undefined), wait);
  await expect(asked).rejects.toMatchObject({
    code: "WAIT_TIMEOUT",
    message: "waited 60 s for the moon to rise",
  });
  expect(events.map(({ type }) => type)).toEqual(["waiting", "waited"]);
});

test("an answer that took all the time there was is not the last", async () => {
  const { clock, runtime } = start();
  let asked = 0;
  const slow = async (): Promise<string | undefined> => {
    asked += 1;
    if (asked === 2) return "there";
    await clock.sleep(120_000);
    return undefined;
  };
  expect(await until(runtime, "it", slow, wait)).toBe("there");
});
