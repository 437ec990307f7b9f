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
 * Take every lock, in the order of the accounts; all or none.
 *
 * @param command  for who finds them taken: `touchdown apply`
 * @throws WORKSPACE_LOCKED, INTERRUPTED, and what the accounts throw
 */
export async function takeLocks(
  workspace: Workspace,
  command: string,
  runtime: Runtime,
): Promise<HeldLock> {
  const held: HeldLock[] = [];
  const release = async (): Promise<string | undefined> => {
    const said = await Promise.all(held.map((each) => each.release()));
    return said.find((each) => each !== undefined);
  };
  try {
    for (const place of await accountLocks(workspace.accounts, workspace.name, runtime)) {
      held.push(await takeLock(place, { owner: owner(), pid: process.pid, command }, runtime));
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { signal: AbortSignal.any(held.map(({ signal }) => signal)), release };
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
