import type { Clock } from "../../src/core/runtime.ts";

const timesFaster = 20;

/** Real time, hurried: for an embedded AWS, which settles sooner than the real one. */
export class HurriedClock implements Clock {
  readonly #start = Date.now();

  readonly now = (): number => this.#start + (Date.now() - this.#start) * timesFaster;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, ms / timesFaster));
}
