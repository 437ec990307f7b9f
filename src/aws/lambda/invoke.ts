/** Call a function and wait for its answer. */
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { TouchdownError } from "../../errors.ts";

interface Invocation {
  readonly name: string;
  /** A version or an alias; default: the function as it is. */
  readonly qualifier?: string;
  /** JSON, as bytes. */
  readonly payload: Uint8Array;
}

export interface InvocationResult {
  /** JSON, as the function gave it. */
  readonly payload: Uint8Array;
  /** AWS's word for how it failed: `Unhandled`; the payload holds the error then. */
  readonly functionError?: string;
  /** The last 4 KB of its log; empty where it logged nothing. */
  readonly logTail: string;
  readonly requestId?: string;
  /** The version that ran: `$LATEST`, `7`. */
  readonly executedVersion?: string;
  /** From the log's REPORT line, where there is one. */
  readonly report?: InvocationReport;
}

export interface InvocationReport {
  readonly durationMs?: number;
  readonly billedMs?: number;
  readonly initMs?: number;
  /** MB it was given. */
  readonly memoryMb?: number;
  /** MB it used at most. */
  readonly usedMb?: number;
}

/** @throws MISSING if there is no such function, version or alias */
export async function invoke(
  context: AwsContext,
  { name, qualifier, payload }: Invocation,
): Promise<InvocationResult> {
  const lambda = await context.client("lambda", {
    silence: "whileFunctionRuns",
    sendsOnce: true,
  });
  const answer = await unlessMissing("ResourceNotFoundException", () =>
    lambda.invoke({
      FunctionName: name,
      ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
      InvocationType: "RequestResponse",
      LogType: "Tail",
      Payload: payload,
    }),
  );
  if (answer === undefined) throw missing(name, qualifier, context.region);
  const logTail = Buffer.from(answer.LogResult ?? "", "base64").toString();
  const report = reportIn(logTail);
  const { FunctionError, ExecutedVersion } = answer;
  const requestId = answer.$metadata.requestId;
  return {
    payload: answer.Payload ?? new Uint8Array(),
    logTail,
    ...(FunctionError === undefined ? {} : { functionError: FunctionError }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(ExecutedVersion === undefined ? {} : { executedVersion: ExecutedVersion }),
    ...(report === undefined ? {} : { report }),
  };
}

function missing(name: string, qualifier: string | undefined, region: string): TouchdownError {
  const what = qualifier === undefined ? "" : `, or it has no ${qualifier},`;
  return new TouchdownError("MISSING", `function ${name} does not exist${what} in ${region}`, {
    hint: "deploy it with `touchdown apply`, or check the name and the region",
  });
}

/**
 * `REPORT RequestId: … Duration: 3.51 ms Billed Duration: 4 ms Memory Size: 128 MB Max Memory Used: 36 MB`
 *
 * @source Lambda developer guide, "Viewing CloudWatch logs": the REPORT line
 */
export function reportIn(log: string): InvocationReport | undefined {
  const line = /^REPORT .*$/mu.exec(log)?.[0];
  if (line === undefined) return undefined;
  const number = (name: string): number | undefined => {
    // "Duration" is also the end of "Billed Duration" and "Init Duration".
    const found = new RegExp(`(?:^|[\\t ])(?<!Billed |Init )${name}: ([\\d.]+) `, "u").exec(
      `${line} `,
    );
    return found?.[1] === undefined ? undefined : Number(found[1]);
  };
  return Object.fromEntries(
    Object.entries({
      durationMs: number("Duration"),
      billedMs: number("Billed Duration"),
      initMs: number("Init Duration"),
      memoryMb: number("Memory Size"),
      usedMb: number("Max Memory Used"),
    }).filter(([, value]) => value !== undefined),
  );
}
