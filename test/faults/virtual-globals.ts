/** The SDK waits by the process's own clock and dice: lend it others. */
import type { EventClock } from "../support/event-clock.ts";
import type { Random } from "../support/random.ts";

/** Until `work` has ended, `setTimeout`, `Date.now` and `Math.random` are the clock's and the dice's. */
export async function withGlobals<T>(
  clock: EventClock,
  random: Random,
  work: () => Promise<T>,
): Promise<T> {
  const { setTimeout } = globalThis;
  const { now } = Date;
  const dice = Math.random;
  // Node's own timers know whole milliseconds, and at least one.
  const after = (go: () => void, ms = 0): void => clock.after(Math.max(1, Math.trunc(ms)), go);
  globalThis.setTimeout = after as never;
  Date.now = clock.now;
  Math.random = random.next;
  try {
    return await work();
  } finally {
    globalThis.setTimeout = setTimeout;
    Date.now = now;
    Math.random = dice;
  }
}
