/** What one run lends to everything it calls: where events go, when to stop, what time it is. */
import type { Deployed } from "./artifact.ts";
import type { Emit } from "./events.ts";

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Waits; returns early and rejects with the signal's reason when aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface Runtime {
  readonly emit: Emit;
  /** Aborted at Ctrl-C: nothing new starts, what runs is waited for. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The Touchdownfile's folder. */
  readonly folder: string;
  /** What is deployed that was made under this key, as far as is known; only within a run. */
  readonly recall?: (key: string) => Promise<Deployed | undefined>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
};
