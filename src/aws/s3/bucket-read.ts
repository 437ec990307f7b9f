/** A bucket as S3 has it. */
import type { S3 } from "@aws-sdk/client-s3";
import { AwsError, statusOf, unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { TouchdownError } from "../../errors.ts";
import type { Tags } from "../tags.ts";
import { bucketParts, readParts } from "./bucket-parts.ts";
import { readTags } from "./bucket-tags.ts";
import type { BucketParts } from "./bucket-parts.ts";

export interface BucketState extends BucketParts {
  readonly name: string;
  readonly region: string;
  readonly tags: Tags;
}

/** S3's names for a bucket that is not there; HeadBucket, which has no body, says `NotFound`. */
export const noSuchBucket = ["NoSuchBucket", "NotFound"] as const;

/** One with `get…` has no other arguments, and needs only s3:ListBucket. */
export function isReferredTo(want: object): boolean {
  return !Object.hasOwn(want, "forceDestroy");
}

/** @throws NAME_TAKEN */
export async function readBucket(
  context: AwsContext,
  want: { readonly name: string },
): Promise<BucketState | undefined> {
  const { name } = want;
  const s3 = await context.client("s3");
  return unlessMissing(noSuchBucket, async () => {
    const { BucketRegion } = await headBucket(s3, name);
    const region = BucketRegion ?? context.region;
    const [parts, tags] = await Promise.all([
      readParts(s3, name, isReferredTo(want) ? [] : bucketParts),
      Object.hasOwn(want, "tags") ? readTags(s3, name) : {},
    ]);
    return { name, region, ...parts, tags };
  });
}

async function headBucket(s3: S3, name: string) {
  try {
    return await s3.headBucket({ Bucket: name });
  } catch (error) {
    if (!(error instanceof AwsError) || statusOf(error.cause) !== 403) throw error;
    throw new TouchdownError("NAME_TAKEN", `the bucket ${name} exists and is not open to us`, {
      hint: "if it is another account's, choose another name; if it is yours, allow s3:ListBucket on it",
      cause: error,
    });
  }
}

export function arnOf({ name, region }: Pick<BucketState, "name" | "region">): string {
  return `arn:${partitionOf(region)}:s3:::${name}`;
}

/** @source AWS general reference, ARN format: partitions */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
