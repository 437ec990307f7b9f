import { TouchdownError } from "../errors.ts";
import type { Runtime } from "./runtime.ts";

interface Wait {
  readonly everyMs: number;
  readonly atMostMs: number;
}

/**
 * Ask again until there is an answer. The waiting itself is not cut short by an interrupt: what runs
 * is finished.
 *
 * @param what  reads after "waiting for": `function f to become active`
 * @returns     the first answer that is not `undefined`
 * @throws WAIT_TIMEOUT naming `what`
 */
export async function until<T>(
  runtime: Runtime,
  what: string,
  ask: () => Promise<T | undefined>,
  { everyMs, atMostMs }: Wait,
): Promise<T> {
  const { clock, emit } = runtime;
  const started = clock.now();
  let said = false;
  try {
    for (;;) {
      // An answer may itself have taken all the time there was: the last is to one asked after it.
      const asked = clock.now();
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (asked >= started + atMostMs) {
        const seconds = Math.round((asked - started) / 1_000);
        throw new TouchdownError("WAIT_TIMEOUT", `waited ${seconds} s for ${what}`, {
          hint: "run the same command again: it goes on where this one stopped",
        });
      }
      if (!said) emit({ type: "waiting", what, atMostMs });
      said = true;
      await clock.sleep(everyMs);
    }
  } finally {
    if (said) emit({ type: "waited", what, elapsedMs: clock.now() - started });
  }
}
