/** Calls that must not be made twice, where AWS does not say whether it made them. */
import type { Runtime } from "../core/runtime.ts";
import { isDoubtful } from "./aws-error.ts";
import { unsure } from "./wait.ts";

interface Attempted<T> {
  /** By a client that `sendsOnce`. */
  readonly send: () => Promise<T>;
  /** What `send` would have given, if it is done by now. */
  readonly look: () => Promise<T | undefined>;
}

/**
 * Make a call; where its outcome is unknown, look what became of it before it is made again.
 *
 * @throws what the call throws, once it was made as often as `unsure` says
 */
export async function onceOnly<T>(
  { clock, emit }: Runtime,
  what: string,
  { send, look }: Attempted<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isDoubtful(error)) throw error;
      emit({ type: "retrying", what, because: unsure.because, afterMs: unsure.everyMs });
      await clock.sleep(unsure.everyMs);
      const made = await look();
      if (made !== undefined) return made;
      if (attempt === unsure.attempts) throw error;
    }
  }
}
