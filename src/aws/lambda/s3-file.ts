/** Code that lies in S3: what decides whether the function has it already. */
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { wholeSha256 } from "../s3/file-read.ts";
import type { FunctionWant } from "./function-schema.ts";

export type S3File = NonNullable<FunctionWant["s3File"]>;

/** What S3 knows of an object. */
export interface S3Head {
  /** 64 hex digits, of the whole object. */
  readonly sha256: string | undefined;
  /** Its ETag, else its version: another one is another object. */
  readonly identity: string | undefined;
  readonly lastModified: string | undefined;
}

/** Remembers the identity of the object that the code came from. */
export const s3Tag = "touchdown:s3";

/** @returns `undefined` if there is no such object */
export async function headOf(context: AwsContext, file: S3File): Promise<S3Head | undefined> {
  const { bucket, key, version, etag, sha256, lastModified } = file;
  if (sha256 !== undefined || etag !== undefined) {
    return { sha256, identity: identityOf(etag, version), lastModified };
  }
  const s3 = await context.client("s3");
  const head = await unlessMissing(["NotFound", "NoSuchKey", "NoSuchBucket"], () =>
    s3.headObject({
      Bucket: bucket,
      Key: key,
      ChecksumMode: "ENABLED",
      ...(version === undefined ? {} : { VersionId: version }),
    }),
  );
  if (head === undefined) return undefined;
  return {
    sha256: wholeSha256(head.ChecksumSHA256, head.ChecksumType),
    identity: identityOf(head.ETag, head.VersionId),
    lastModified: head.LastModified?.toISOString(),
  };
}

/** The tag that goes with the code of this object; none where its sha256 says more. */
export function tagsOf(head: S3Head | undefined): Readonly<Record<string, string>> {
  if (head?.identity === undefined || head.sha256 !== undefined) return {};
  return { [s3Tag]: head.identity };
}

function identityOf(etag: string | undefined, version: string | undefined): string | undefined {
  return (etag ?? version)?.replaceAll('"', "");
}
