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
  names: readonly (keyof typeof races)[],
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const { clock, emit } = runtime;
  const started = clock.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const race = names.map((name): Race => races[name]).find((each) => isRace(each, error));
      if (race === undefined || clock.now() - started >= race.atMostMs) throw error;
      emit({ type: "retrying", what, because: race.because, afterMs: race.everyMs });
      await clock.sleep(race.everyMs);
    }
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
