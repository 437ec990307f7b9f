/** A change of a function: on the revision that was read, and once, though AWS may not say that it made it. */
import type { FunctionConfiguration, Lambda } from "@aws-sdk/client-lambda";
import type { AwsContext } from "../context.ts";
import { onceOnly } from "../unsure.ts";
import { despite } from "../wait.ts";
import type { RaceName } from "../wait.ts";
import { guarded, revisionOf, revisionUnless, untilSettled } from "./settled.ts";

interface FunctionChange {
  readonly name: string;
  /** `code of function f`. */
  readonly what: string;
  /** The function as it was read. */
  readonly read: FunctionConfiguration;
  readonly races: readonly RaceName[];
  /** Values that AWS might repeat in its answer. */
  readonly secrets?: readonly string[];
  /** Whether the function shows the change. Absent: to make it twice is to make it once. */
  readonly isMade?: (now: FunctionConfiguration) => boolean;
}

interface Revision {
  readonly RevisionId?: string;
}

/**
 * @returns what AWS says of the function now
 * @throws CHANGED_ELSEWHERE, MISSING, and what the call throws
 */
export async function changeFunction(
  context: AwsContext,
  { name, what, read, races, secrets = [], isMade = () => false }: FunctionChange,
  call: (lambda: Lambda, revision: Revision) => Promise<FunctionConfiguration>,
): Promise<FunctionConfiguration> {
  const lambda = await context.client("lambda", { sendsOnce: true });
  let revision: Revision = await revisionOf(context, name, read);
  const send = (): Promise<FunctionConfiguration> =>
    despite(context.runtime, races, what, () => call(lambda, revision));
  const look = async (): Promise<FunctionConfiguration | undefined> => {
    const now = await untilSettled(context, name);
    if (isMade(now)) return now;
    revision = revisionUnless(name, { read, now });
    return undefined;
  };
  return guarded(name, secrets, () => onceOnly(context.runtime, what, { send, look }));
}
