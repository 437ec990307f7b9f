/** The calls that take a bucket away, and before that, where it was asked for, all that is in it. */
import type {
  ListMultipartUploadsOutput,
  ListObjectVersionsOutput,
  ObjectIdentifier,
  S3,
} from "@aws-sdk/client-s3";
import { TouchdownError } from "../../errors.ts";
import { AwsError, unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { despite } from "../wait.ts";
import { noSuchBucket } from "./bucket-read.ts";

interface DeleteOptions {
  readonly forceDestroy: boolean;
}

/** @throws BUCKET_NOT_EMPTY */
export async function deleteBucket(
  context: AwsContext,
  name: string,
  { forceDestroy }: DeleteOptions,
): Promise<void> {
  const s3 = await context.client("s3");
  await unlessMissing(noSuchBucket, async () => {
    if (forceDestroy) await empty(s3, name);
    try {
      await despite(context.runtime, ["bucketBusy"], `bucket ${name}`, () =>
        s3.deleteBucket({ Bucket: name }),
      );
    } catch (error) {
      if (!(error instanceof AwsError) || error.awsName !== "BucketNotEmpty") throw error;
      throw notEmpty(name, forceDestroy, error);
    }
  });
}

function notEmpty(name: string, forced: boolean, cause: unknown): TouchdownError {
  return new TouchdownError("BUCKET_NOT_EMPTY", `the bucket ${name} is not empty`, {
    hint: forced
      ? "something still writes to it: stop that and run the same command again"
      : "empty it, replaced versions too, or declare it with forceDestroy: true",
    cause,
  });
}

async function empty(s3: S3, Bucket: string): Promise<void> {
  await deleteVersions(s3, Bucket);
  await abortUploads(s3, Bucket);
}

/** Page by page, so that a killed run has less to do the next time; a bucket without versions has `null` ones. */
async function deleteVersions(s3: S3, Bucket: string): Promise<void> {
  let after: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (after !== undefined) {
    const page: ListObjectVersionsOutput = await s3.listObjectVersions({ Bucket, ...after });
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    await deleteObjects(
      s3,
      Bucket,
      found.flatMap(({ Key, VersionId }) =>
        Key === undefined ? [] : [VersionId === undefined ? { Key } : { Key, VersionId }],
      ),
    );
    after = page.IsTruncated === true ? markersOf(page) : undefined;
  }
}

function markersOf(page: {
  NextKeyMarker?: string | undefined;
  NextVersionIdMarker?: string | undefined;
}) {
  return {
    ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
    ...(page.NextVersionIdMarker === undefined
      ? {}
      : { VersionIdMarker: page.NextVersionIdMarker }),
  };
}

/** A list page holds as many as one call deletes: 1,000. */
async function deleteObjects(s3: S3, Bucket: string, Objects: ObjectIdentifier[]): Promise<void> {
  if (Objects.length === 0) return;
  const { Errors = [] } = await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } });
  const [first] = Errors;
  if (first === undefined) return;
  const { Key = "", Code = "", Message = "" } = first;
  const more = Errors.length > 1 ? ` and ${Errors.length - 1} others` : "";
  throw new TouchdownError(
    Code === "AccessDenied" ? "ACCESS_DENIED" : "AWS_ERROR",
    `S3 did not delete ${Bucket}/${Key}${more}: ${Code} ${Message}`.trim(),
  );
}

async function abortUploads(s3: S3, Bucket: string): Promise<void> {
  let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (after !== undefined) {
    const page: ListMultipartUploadsOutput = await s3.listMultipartUploads({ Bucket, ...after });
    for (const { Key, UploadId } of page.Uploads ?? []) {
      await unlessMissing("NoSuchUpload", () => s3.abortMultipartUpload({ Bucket, Key, UploadId }));
    }
    const { NextKeyMarker: key, NextUploadIdMarker: upload } = page;
    after =
      page.IsTruncated === true
        ? {
            ...(key === undefined ? {} : { KeyMarker: key }),
            ...(upload === undefined ? {} : { UploadIdMarker: upload }),
          }
        : undefined;
  }
}
