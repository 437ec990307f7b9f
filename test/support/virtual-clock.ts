import type { Clock } from "../../src/core/runtime.ts";

/** Time that passes only when somebody sleeps. */
export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number): Promise<void> => {
    this.#now += ms;
    return Promise.resolve();
  };
}
