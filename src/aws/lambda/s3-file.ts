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

/** Remembers the object that the code came from, and what code that was: its identity and the sha256. */
const s3Tag = "touchdown:s3";

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

/**
 * The tag that goes with the code of this object; none where its sha256 says more.
 *
 * @param codeSha256  what AWS says of the code it took from there, 64 hex digits
 */
export function tagsOf(
  head: S3Head | undefined,
  codeSha256: string,
): Readonly<Record<string, string>> {
  if (head?.identity === undefined || head.sha256 !== undefined) return {};
  return { [s3Tag]: `${head.identity} ${codeSha256}` };
}

interface Deployed {
  readonly s3: S3Head | undefined;
  readonly codeSha256: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly lastModified: string | undefined;
}

/** Whether the function's code is that of the object, as far as S3 and the function's tag can tell. */
export function hasCodeOf({ s3, codeSha256, tags, lastModified }: Deployed): boolean {
  if (s3 === undefined) return false;
  if (s3.sha256 !== undefined) return s3.sha256 === codeSha256;
  const remembered = tags[s3Tag];
  // The code that the tag is about may have been replaced since, by a zip or by somebody else.
  if (s3.identity !== undefined && remembered !== undefined) {
    return remembered === tagsOf(s3, codeSha256)[s3Tag];
  }
  return Date.parse(s3.lastModified ?? "") <= Date.parse(lastModified ?? "");
}

function identityOf(etag: string | undefined, version: string | undefined): string | undefined {
  return (etag ?? version)?.replaceAll('"', "");
}
