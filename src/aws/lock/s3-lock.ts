/** A lock as a file in a bucket: each write names what it replaces, so that of two only one is done. */
import { TouchdownError } from "../../errors.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { lockText, parseLock } from "./lock-record.ts";
import type { LockPlace } from "./hold-lock.ts";

export interface S3LockPlace {
  readonly bucket: string;
  readonly key: string;
}

/**
 * What S3 answers where a write's condition is not met: something is there, something else is, nothing is, or another
 * write is in progress.
 *
 * @source S3 user guide, "How to prevent object overwrites with conditional writes"
 */
const refusals = ["PreconditionFailed", "NoSuchKey", "ConditionalRequestConflict"];

export function s3Lock(context: AwsContext, { bucket: Bucket, key: Key }: S3LockPlace): LockPlace {
  const label = `s3://${Bucket}/${Key}`;
  const inBucket = async <T>(call: () => Promise<T>): Promise<T> => {
    const answer = await unlessMissing("NoSuchBucket", async () => ({ value: await call() }));
    if (answer !== undefined) return answer.value;
    throw new TouchdownError("MISSING", `bucket ${Bucket}, which holds the lock, does not exist`, {
      hint: "create it first, by hand or from another Touchdownfile, or correct addAws's lock",
    });
  };
  return {
    label,
    read: () =>
      inBucket(async () => {
        const s3 = await context.client("s3");
        const found = await unlessMissing("NoSuchKey", () => s3.getObject({ Bucket, Key }));
        if (found === undefined) return undefined;
        const record = parseLock((await found.Body?.transformToString()) ?? "");
        if (record !== undefined) return { record, tag: found.ETag ?? "" };
        throw new TouchdownError("FILE_IN_WAY", `${label} is not a lock of touchdown`, {
          hint: "name another key in addAws's lock, or delete that file",
        });
      }),
    write: (record, before) =>
      inBucket(async () => {
        const s3 = await context.client("s3");
        const written = await unlessMissing(refusals, () =>
          s3.putObject({
            Bucket,
            Key,
            Body: lockText(record),
            ContentType: "application/json",
            ...(before === undefined ? { IfNoneMatch: "*" } : { IfMatch: before }),
          }),
        );
        return written === undefined ? undefined : (written.ETag ?? "");
      }),
  };
}
