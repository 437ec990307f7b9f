/** Time that passes when nothing else happens: from one thing that is waited for to the next. */
import type { Clock } from "../../src/core/runtime.ts";

interface Timer {
  readonly at: number;
  /** Among those of the same moment, in the order they were set. */
  readonly order: number;
  readonly go: () => void;
}

/** How long, in real milliseconds, nothing may happen while nobody waits for a moment. */
const stuckMs = 10_000;

/** Many may sleep at once, as they do not on a `VirtualClock`. */
export class EventClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #order = 0;
  #timers: Timer[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => this.after(ms, () => resolve()));

  /** @param go  called in `ms` milliseconds, unless what was to come is dropped before */
  after(ms: number, go: () => void): void {
    this.#order += 1;
    push(this.#timers, { at: this.#now + Math.max(0, ms), order: this.#order, go });
  }

  /** Whoever waits waits for ever. */
  dropAll(): void {
    this.#timers = [];
  }

  /** Let time pass until the work is done, or `over` says that nobody waits for it any more. */
  async drive<T>(work: Promise<T>, over: () => boolean = () => false): Promise<T | undefined> {
    let done = false;
    const end = (): void => void (done = true);
    work.then(end, end);
    let idleSince: number | undefined;
    for (;;) {
      // All that can go on without time passing has gone on.
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return work;
      if (over()) return undefined;
      const next = pop(this.#timers);
      if (next === undefined) {
        idleSince ??= performance.now();
        if (performance.now() - idleSince > stuckMs) throw new Error("waits for nothing, for ever");
        continue;
      }
      idleSince = undefined;
      this.#now = Math.max(this.#now, next.at);
      next.go();
    }
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Into a binary heap, the soonest first. */
function push(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const up = (index - 1) >> 1;
    const above = heap[up];
    if (above === undefined || before(above, timer)) break;
    heap[index] = above;
    index = up;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (first === undefined || last === undefined || first === last) return first;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    if (left === undefined) break;
    const least = right !== undefined && before(right, left) ? right : left;
    if (before(last, least)) break;
    heap[index] = least;
    index = 2 * index + (least === left ? 1 : 2);
  }
  heap[index] = last;
  return first;
}
