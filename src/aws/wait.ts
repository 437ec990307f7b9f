/** Every race and every wait that AWS makes necessary, in one table each, with its source. */
import { until } from "../core/until.ts";
import type { Runtime } from "../core/runtime.ts";
import { AwsError } from "./aws-error.ts";

interface Race {
  /** Reads after "retrying": what is happening. */
  readonly because: string;
  /** AWS's own error name. */
  readonly awsName: string;
  /** Where one name covers several faults: what AWS's message says of this one. */
  readonly awsMessage?: RegExp;
  readonly everyMs: number;
  readonly atMostMs: number;
}

/** Refusals that pass by themselves, and nothing else is ever tried again by us. */
export const races = {
  /** @source Lambda developer guide, execution role: a new role takes seconds to be assumable */
  roleNotAssumable: {
    because: "the role was just created and Lambda can't assume it yet",
    awsName: "InvalidParameterValueException",
    awsMessage: /cannot be assumed by Lambda|not authorized to perform|does not have permissions/u,
    everyMs: 2_000,
    atMostMs: 60_000,
  },
  /**
   * @source Lambda API, UpdateFunctionCode, DeleteFunction, PutFunctionConcurrency:
   *   ResourceConflictException while an update is in progress
   */
  functionBusy: {
    because: "an earlier update of the function is still in progress",
    awsName: "ResourceConflictException",
    everyMs: 1_000,
    atMostMs: 120_000,
  },
  /** @source SQS API, CreateQueue: a name can be used again 60 seconds after DeleteQueue */
  queueDeletedRecently: {
    because: "a queue of this name was deleted less than 60 seconds ago",
    awsName: "QueueDeletedRecently",
    everyMs: 5_000,
    atMostMs: 75_000,
  },
  /** @source IAM API, common to calls that change: ConcurrentModification, "submit your request again" */
  roleBusy: {
    because: "another change of the role is in progress",
    awsName: "ConcurrentModificationException",
    everyMs: 2_000,
    atMostMs: 60_000,
  },
  /** @source IAM user guide, "Troubleshoot IAM": changes that I make are not always immediately visible */
  roleStillHasParts: {
    because: "IAM has not noticed yet that the role's policies are gone",
    awsName: "DeleteConflictException",
    everyMs: 1_000,
    atMostMs: 30_000,
  },
  /** @source IAM user guide, "Troubleshoot IAM", the same, of a principal that was just created */
  principalNotVisible: {
    because: "a principal that the policy names was just created and is not visible yet",
    awsName: "MalformedPolicyDocumentException",
    awsMessage: /invalid principal/iu,
    everyMs: 2_000,
    atMostMs: 30_000,
  },
  /** @source S3 API, PutBucketPolicy, as `principalNotVisible`; S3 names the refusal so */
  bucketPrincipalNotVisible: {
    because: "a principal that the policy names was just created and is not visible yet",
    awsName: "MalformedPolicy",
    awsMessage: /invalid principal/iu,
    everyMs: 2_000,
    atMostMs: 30_000,
  },
  /** @source S3 API, error responses: OperationAborted, a conflicting operation is in progress */
  bucketBusy: {
    because: "S3 is still creating, deleting or changing a bucket of this name",
    awsName: "OperationAborted",
    everyMs: 3_000,
    atMostMs: 120_000,
  },
  /** @source IAM user guide, troubleshooting: changes are eventually consistent, so SQS may not know a new role */
  queuePrincipalNew: {
    because: "SQS does not know a principal of the policy yet",
    awsName: "InvalidAttributeValue",
    awsMessage: /parameter Policy/u,
    everyMs: 2_000,
    atMostMs: 20_000,
  },
} as const satisfies Record<string, Race>;

export type RaceName = keyof typeof races;

/**
 * How often a call is made that must not be made twice, where AWS does not say whether it made it; it is looked each
 * time before the next. No number is documented.
 *
 * @source AWS Builders' Library, "Making retries safe with idempotent APIs": after a timeout nobody knows
 */
export const unsure = {
  because: "AWS did not say whether it did it: looking first",
  attempts: 5,
  everyMs: 2_000,
} as const;

/** Waits for AWS to settle, with their ends. */
export const waits = {
  /** @source Lambda developer guide, function states: Pending → Active, LastUpdateStatus InProgress → Successful */
  functionSettled: { everyMs: 500, atMostMs: 300_000 },
  /** No time is documented; this long a version is looked for that may have been published. */
  layerVersionListed: { everyMs: 2_000, atMostMs: 10_000 },
  /** @source IAM user guide, troubleshooting: changes are eventually consistent */
  visible: { everyMs: 1_000, atMostMs: 60_000 },
  /** @source SQS API, DeleteQueue: takes up to 60 seconds, and requests may succeed meanwhile */
  queueGone: { everyMs: 1_000, atMostMs: 75_000 },
  /** @source SQS API, SetQueueAttributes: a change can take up to 60 seconds to reach all of SQS */
  queueSettled: { everyMs: 1_000, atMostMs: 75_000 },
} as const;

/**
 * Do `work`, again and again while AWS refuses it for one of the named races.
 *
 * @throws the refusal itself, once the race's time is over
 */
export async function despite<T>(
  runtime: Runtime,
  names: readonly RaceName[],
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const { clock, emit } = runtime;
  // From the first refusal on: AWS may have taken long to give it.
  const since = new Map<Race, number>();
  for (;;) {
    const began = clock.now();
    try {
      return await work();
    } catch (error) {
      const race = names.map((name): Race => races[name]).find((each) => isRace(each, error));
      if (race === undefined) throw error;
      const first = since.get(race) ?? clock.now();
      since.set(race, first);
      if (began - first >= race.atMostMs) throw error;
      emit({ type: "retrying", what, because: race.because, afterMs: race.everyMs });
      await clock.sleep(race.everyMs);
    }
  }
}

/** The first answer that is not `undefined`; `undefined` itself where there is none in time. */
export async function ifSoon<T>(
  { clock }: Runtime,
  ask: () => Promise<T | undefined>,
  { everyMs, atMostMs }: (typeof waits)[keyof typeof waits],
): Promise<T | undefined> {
  const end = clock.now() + atMostMs;
  for (;;) {
    const asked = clock.now();
    const answer = await ask();
    if (answer !== undefined || asked >= end) return answer;
    await clock.sleep(everyMs);
  }
}

function isRace(race: Race, error: unknown): boolean {
  return (
    error instanceof AwsError &&
    error.awsName === race.awsName &&
    (race.awsMessage === undefined || race.awsMessage.test(error.awsMessage))
  );
}

export { until };
