/** Waiting for a function to settle, and saying who or what came between. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { TouchdownError } from "../../errors.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { until, waits } from "../wait.ts";

/** Whether AWS is still at work on a create or an update. */
export function isBusy({ State, LastUpdateStatus }: FunctionConfiguration): boolean {
  return State === "Pending" || LastUpdateStatus === "InProgress";
}

/** Why AWS says that it can't be used as it is; `undefined` if it can. */
export function failureOf(configuration: FunctionConfiguration): string | undefined {
  const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = configuration;
  if (State === "Failed") return StateReason ?? "AWS gives no reason";
  if (LastUpdateStatus === "Failed") return LastUpdateStatusReason ?? "AWS gives no reason";
  return undefined;
}

/**
 * Wait until AWS is no longer at work on it.
 *
 * @param version  of this version; default: of the function itself
 */
export async function untilSettled(
  context: AwsContext,
  name: string,
  version?: string,
): Promise<FunctionConfiguration> {
  const lambda = await context.client("lambda");
  const which = version === undefined ? {} : { Qualifier: version };
  const ask = async (): Promise<FunctionConfiguration | undefined> => {
    // not GetFunctionConfiguration: that one counts against the fifteen calls a second that changes share
    const { Configuration: now = {} } = await lambda.getFunction({ FunctionName: name, ...which });
    return isBusy(now) ? undefined : now;
  };
  return until(context.runtime, `function ${name} to settle`, ask, waits.functionSettled);
}

/**
 * As `untilSettled`, and make sure of the outcome.
 *
 * @throws FUNCTION_FAILED with AWS's reason
 */
export async function untilReady(
  context: AwsContext,
  name: string,
  version?: string,
): Promise<FunctionConfiguration> {
  const configuration = await untilSettled(context, name, version);
  const failure = failureOf(configuration);
  if (failure === undefined) return configuration;
  const which = version === undefined ? "" : ` version ${version}`;
  throw new TouchdownError("FUNCTION_FAILED", `function ${name}${which} failed: ${failure}`, {
    hint: "mend what AWS names and run the same command again",
  });
}

/**
 * The revision an update may build on: of what was read, waited for if AWS was still at work on it.
 *
 * @throws CHANGED_ELSEWHERE
 */
export async function revisionOf(
  context: AwsContext,
  name: string,
  read: FunctionConfiguration,
): Promise<{ readonly RevisionId?: string }> {
  const now = isBusy(read) ? await untilSettled(context, name) : read;
  return revisionUnless(name, { read, now });
}

/**
 * The revision of the function as it is, unless it is another than was read.
 *
 * @throws CHANGED_ELSEWHERE
 */
export function revisionUnless(
  name: string,
  { read, now }: { readonly read: FunctionConfiguration; readonly now: FunctionConfiguration },
): { readonly RevisionId?: string } {
  if (now.LastModified !== read.LastModified) throw changedElsewhere(name, undefined);
  return now.RevisionId === undefined ? {} : { RevisionId: now.RevisionId };
}

/**
 * Run a call that changes the function, and name what came between.
 *
 * @param secrets  values that AWS might repeat in its answer; they are taken out
 * @throws CHANGED_ELSEWHERE, MISSING, and what the call throws
 */
export async function guarded<T>(
  name: string,
  secrets: readonly string[],
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.awsName === "PreconditionFailedException") throw changedElsewhere(name, error);
    if (error.awsName === "ResourceNotFoundException") throw deletedElsewhere(name, error);
    throw withoutSecrets(error, secrets);
  }
}

/** What a refusal to create says where the function was not there a moment ago. */
export function createdElsewhere(name: string, error: unknown): unknown {
  const exists = error instanceof AwsError && error.awsName === "ResourceConflictException";
  return exists ? changedElsewhere(name, error, "created") : error;
}

function changedElsewhere(name: string, cause: unknown, how = "changed"): TouchdownError {
  return new TouchdownError(
    "CHANGED_ELSEWHERE",
    `function ${name} was ${how} by someone else during this run, and theirs came first`,
    { hint: "run the same command again: it starts from what they made of it", cause },
  );
}

function deletedElsewhere(name: string, cause: AwsError): TouchdownError {
  return new TouchdownError(
    "MISSING",
    `function ${name} was deleted while it was being changed: ${cause.awsMessage}`,
    { hint: "run the same command again: it will be created", cause },
  );
}

function withoutSecrets(error: AwsError, secrets: readonly string[]): AwsError {
  const clean = (text: string): string =>
    secrets.reduce((rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, "…")), text);
  if (clean(error.message) === error.message) return error;
  return new AwsError(error.code, clean(error.message), {
    awsName: error.awsName,
    awsMessage: clean(error.awsMessage),
    ...(error.hint === undefined ? {} : { hint: clean(error.hint) }),
    cause: undefined,
  });
}
