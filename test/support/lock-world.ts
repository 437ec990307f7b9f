/** A lock's place, and time, as tests want them. */
import type { Clock, Runtime } from "../../src/core/runtime.ts";
import type { Event } from "../../src/core/events.ts";
import { takeLock } from "../../src/aws/lock/hold-lock.ts";
import type { LockPlace } from "../../src/aws/lock/hold-lock.ts";
import type { LockRecord } from "../../src/aws/lock/lock-record.ts";

/** Time that the test moves on; who sleeps is woken in order. */
class TestClock implements Clock {
  #now = Date.UTC(2026, 10, 25, 10);
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  readonly now = (): number => this.#now;
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(signal?.reason as Error);
      if (signal?.aborted === true) return stop();
      signal?.addEventListener("abort", stop);
      const wake = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      this.#sleepers.push({ at: this.#now + ms, wake });
    });

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      // A write and a read are over by then.
      for (let turn = 0; turn < 5; turn += 1) await settled();
      const due = this.#sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined || due.at > end) break;
      this.#sleepers.splice(this.#sleepers.indexOf(due), 1);
      this.#now = due.at;
      due.wake();
    }
    this.#now = end;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A place that writes on a condition, and whose answers can be lost. */
class TestPlace implements LockPlace {
  readonly label = "the lock";
  kept: { record: LockRecord; tag: string } | undefined;
  /** The next write is done, and nobody hears of it. */
  loseAnswer = false;
  down = false;
  #tags = 0;

  readonly read = () => Promise.resolve(this.kept);

  readonly write = async (record: LockRecord, before: string | undefined) => {
    await settled();
    if (this.down) throw new Error("no answer");
    if (this.kept?.tag !== before) return undefined;
    this.#tags += 1;
    this.kept = { record, tag: `tag ${this.#tags}` };
    if (!this.loseAnswer) return this.kept.tag;
    this.loseAnswer = false;
    return undefined;
  };
}

export function world() {
  const clock = new TestClock();
  const place = new TestPlace();
  const events: Event[] = [];
  const stop = new AbortController();
  const runtime: Runtime = {
    clock,
    emit: (event) => void events.push(event),
    signal: stop.signal,
    folder: "/",
  };
  const take = (owner: string, atMostMs?: number) =>
    takeLock(
      place,
      { owner, pid: 42, command: "touchdown apply" },
      runtime,
      atMostMs === undefined ? {} : { atMostMs },
    );
  return { clock, place, events, stop, take };
}

/** As a killed run leaves it. */
export function dead(place: TestPlace, clock: TestClock): void {
  const since = new Date(clock.now() - 120_000).toISOString();
  const expires = new Date(clock.now() - 1).toISOString();
  const record = { id: "dead", owner: "ann@ci", pid: 7, command: "touchdown apply" };
  place.kept = { record: { ...record, since, expires }, tag: "dead" };
}

export const refusalOf = (taking: Promise<unknown>): Promise<unknown> =>
  taking.then(
    () => undefined,
    (error: unknown) => error,
  );
