/** A function as AWS has it. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { unlessSuspended } from "../../core/want.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import type { FunctionWant } from "./function-schema.ts";
import { publishedState } from "./published.ts";
import type { PublishedState } from "./published.ts";
import { headOf } from "./s3-file.ts";
import type { S3Head } from "./s3-file.ts";

export interface FunctionState {
  readonly configuration: FunctionConfiguration;
  readonly arn: string;
  /** 64 hex digits. */
  readonly codeSha256: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | undefined;
  readonly published: PublishedState;
  /** The declared `s3File` as it is now, where one is declared; `undefined` if it is not there. */
  readonly s3: S3Head | undefined;
}

/**
 * One call for a function that has settled; the versions are listed only where neither its tag answers
 * for them nor what was read before a change. The S3 file is asked for only where it was given by name.
 */
export async function readFunction(
  context: AwsContext,
  want: FunctionWant,
  before?: FunctionState,
): Promise<FunctionState | undefined> {
  const lambda = await context.client("lambda");
  const found = await unlessMissing("ResourceNotFoundException", () =>
    lambda.getFunction({ FunctionName: want.name }),
  );
  if (found === undefined) return undefined;
  const { Configuration: configuration = {}, Tags: tags = {}, Concurrency } = found;
  return {
    configuration,
    arn: configuration.FunctionArn ?? "",
    codeSha256: codeSha256Of(configuration),
    tags,
    reservedConcurrency: Concurrency?.ReservedConcurrentExecutions,
    published: await publishedState(context, { configuration, tags, before: before?.published }),
    s3: await declaredHead(context, want),
  };
}

/** Of the S3 file that is declared, once it is known which. */
export async function declaredHead(
  context: AwsContext,
  want: FunctionWant,
): Promise<S3Head | undefined> {
  const s3File = unlessSuspended(() => want.s3File);
  return s3File.known && s3File.value !== undefined ? headOf(context, s3File.value) : undefined;
}

/** 64 hex digits; AWS gives base64. */
export function codeSha256Of(configuration: FunctionConfiguration): string {
  return Buffer.from(configuration.CodeSha256 ?? "", "base64").toString("hex");
}
