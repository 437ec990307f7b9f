/** A run under the lock of a workspace that asks for one: what the lock calls counts as the run's. */
import type { Report } from "../core/report.ts";
import type { Event, Summary } from "../core/events.ts";
import type { Runtime } from "../core/runtime.ts";
import type { Workspace } from "../index.ts";
import { whenStopped } from "./interrupt.ts";

export interface UnderLock {
  /** The run's: it ends where the lock is lost, too. */
  readonly runtime: Runtime;
  /** Why the lock was lost, if it was. */
  readonly lost: () => unknown;
  /** Give it back; the run's last event, its summary, comes after that. @returns what is to be said where it could not */
  readonly end: () => Promise<string | undefined>;
  /** With the lock's calls in its summary. */
  readonly counted: (report: Report) => Report;
}

/**
 * @param options.command   for who finds the lock taken: `touchdown apply`
 * @param options.atMostMs  how long to wait for other runs
 * @throws WORKSPACE_LOCKED, INTERRUPTED, and what the accounts throw
 */
export async function underLock(
  workspace: Workspace,
  options: { readonly command: string; readonly atMostMs: number },
  runtime: Runtime,
): Promise<UnderLock> {
  if (workspace.accounts.every((account) => account.lock === undefined)) return without(runtime);
  const { takeLocks } = await import("../operations/workspace-locks.ts");
  let [apiCalls, throttled] = [0, 0];
  const emit = (event: Event): void => {
    if (event.type === "call") apiCalls += 1;
    if (event.type === "throttled") throttled += 1;
    runtime.emit(event);
  };
  const lock = await takeLocks(workspace, options, { ...runtime, emit });
  whenStopped(lock.left);
  const withCalls = (summary: Summary): Summary => ({
    ...summary,
    apiCalls: summary.apiCalls + apiCalls,
    throttled: summary.throttled + throttled,
  });
  let last: Summary | undefined;
  return {
    runtime: {
      ...runtime,
      signal: AbortSignal.any([runtime.signal, lock.signal]),
      emit: (event) => {
        if (event.type === "summary") last = event;
        else runtime.emit(event);
      },
    },
    lost: () => (lock.signal.aborted ? lock.signal.reason : undefined),
    end: async () => {
      const said = await lock.release();
      if (last !== undefined) runtime.emit(withCalls(last));
      return said;
    },
    counted: (report) => ({ ...report, summary: withCalls(report.summary) }),
  };
}

function without(runtime: Runtime): UnderLock {
  return {
    runtime,
    lost: () => undefined,
    end: () => Promise.resolve(undefined),
    counted: (report) => report,
  };
}
