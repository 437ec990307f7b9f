/** Ctrl-C and its kin: once finishes what runs, twice stops now. */
import { exitCodes } from "./exit.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let lastWords: () => string | undefined = () => undefined;

/** Say what the run leaves behind where it is stopped at once, if it leaves anything then. */
export function whenStopped(words: typeof lastWords): void {
  lastWords = words;
}

/**
 * A signal aborted at the first interrupt; the second ends the process. A terminal that is closed is never more than one:
 * both the system and the shell say so.
 */
export function interruptSignal(say: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  const interrupt = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted && name === "SIGHUP") return;
    if (controller.signal.aborted) {
      const left = lastWords();
      if (left !== undefined) say(`stopped at once: ${left}`);
      process.exit(exitCodes.interrupted);
    }
    controller.abort(new Error("interrupted"));
    say("stopping: what runs is finished first; Ctrl-C again stops now");
  };
  for (const signal of signals) process.on(signal, interrupt);
  return controller.signal;
}
