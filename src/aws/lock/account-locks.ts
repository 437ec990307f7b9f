import type { Runtime } from "../../core/runtime.ts";
import { openContext } from "../context.ts";
import type { AccountSettings } from "../context.ts";
import type { LockPlace } from "./hold-lock.ts";
import { dynamoDbLock } from "./dynamodb-lock.ts";
import { s3Lock } from "./s3-lock.ts";

/**
 * The locks that these accounts ask for, each once; in an order that is everybody's, so that no two runs wait for each other.
 *
 * @param name  the workspace's
 */
export async function accountLocks(
  accounts: readonly AccountSettings[],
  name: string | undefined,
  runtime: Runtime,
): Promise<readonly LockPlace[]> {
  const places = new Map<string, LockPlace>();
  for (const { lock, ...settings } of accounts) {
    if (lock === undefined) continue;
    const { bucket, table, key = `${name ?? "touchdown"}.lock` } = lock;
    const context = await openContext(settings, runtime);
    const place =
      table === undefined
        ? s3Lock(context, { bucket: bucket ?? "", key })
        : dynamoDbLock(context, { table, key });
    if (!places.has(place.label)) places.set(place.label, place);
  }
  return [...places.values()].toSorted((a, b) => (a.label < b.label ? -1 : 1));
}
