/** Ctrl-C and its kin: once finishes what runs, twice stops now. */
import { exitCodes } from "./exit.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal aborted at the first interrupt; the second ends the process. */
export function interruptSignal(say: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new Error("interrupted"));
    say("stopping: what runs is finished first; Ctrl-C again stops now");
  };
  for (const signal of signals) process.on(signal, interrupt);
  return controller.signal;
}
