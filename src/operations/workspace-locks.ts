/** The locks that a workspace's accounts ask for: one run at a time changes what is declared. */
import { accountLocks } from "../aws/lock/account-locks.ts";
import { breakLock, heldBy, takeLock } from "../aws/lock/hold-lock.ts";
import type { HeldLock, LockPlace } from "../aws/lock/hold-lock.ts";
import { holderText } from "../aws/lock/lock-record.ts";
import type { Runtime } from "../core/runtime.ts";
import { owner } from "../host/owner.ts";
import type { Workspace } from "../workspace.ts";

export type { HeldLock } from "../aws/lock/hold-lock.ts";

/**
 * Take every lock, one after the other; all or none.
 *
 * @param command   for who finds them taken: `touchdown apply`
 * @param atMostMs  how long to wait for other runs, altogether
 * @throws WORKSPACE_LOCKED, INTERRUPTED, and what the accounts throw
 */
export async function takeLocks(
  workspace: Workspace,
  { command, atMostMs }: { readonly command: string; readonly atMostMs: number },
  runtime: Runtime,
): Promise<HeldLock> {
  const began = runtime.clock.now();
  const held: HeldLock[] = [];
  const release = async (): Promise<string | undefined> => {
    const said = await Promise.all(held.map((each) => each.release()));
    return said.find((each) => each !== undefined);
  };
  try {
    for (const place of await accountLocks(workspace.accounts, workspace.name, runtime)) {
      const holder = { owner: owner(), pid: process.pid, command };
      const left = { atMostMs: Math.max(0, began + atMostMs - runtime.clock.now()) };
      held.push(await takeLock(place, holder, runtime, left));
    }
  } catch (error) {
    await release();
    throw error;
  }
  const left = (): string | undefined => {
    const each = held.flatMap((one) => one.left() ?? []);
    return each.length === 0 ? undefined : each.join("; ");
  };
  return { signal: AbortSignal.any(held.map(({ signal }) => signal)), release, left };
}

/** A lock, and who holds it, if anybody does. */
export interface FoundLock {
  readonly label: string;
  readonly holder: string | undefined;
  /** @returns whether its holder still held it */
  readonly release: () => Promise<boolean>;
}

export async function findLocks(
  workspace: Workspace,
  runtime: Runtime,
): Promise<readonly FoundLock[]> {
  const places = await accountLocks(workspace.accounts, workspace.name, runtime);
  return Promise.all(places.map((place) => foundLock(place, runtime)));
}

async function foundLock(place: LockPlace, { clock }: Runtime): Promise<FoundLock> {
  const kept = await heldBy(place);
  return {
    label: place.label,
    holder: kept === undefined ? undefined : holderText(kept.record),
    release: async () =>
      kept !== undefined && breakLock(place, kept, { owner: owner(), now: clock.now() }),
  };
}
