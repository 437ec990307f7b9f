/** A file as S3 has it, beside what is declared of its bytes. */
import { createHash } from "node:crypto";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { tagsOfList } from "../tags.ts";
import type { Tags } from "../tags.ts";
import type { Body } from "./body.ts";

export interface FileState {
  readonly bucket: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hex digits of the whole object, where S3 has it. */
  readonly sha256: string | undefined;
  readonly etag: string | undefined;
  readonly version: string | undefined;
  readonly lastModified: string | undefined;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Empty where they were not asked for. */
  readonly tags: Tags;
  /** `undefined`: no bytes are declared, they wait for other resources, or their file is gone. */
  readonly declared: DeclaredBytes | undefined;
}

interface DeclaredBytes {
  /** Bytes. */
  readonly size: number;
  /** Whether they are those of the object. */
  readonly same: boolean;
}

/** S3's names for an object that is not there; HeadObject, which has no body, says `NotFound`. */
export const noSuchFile = ["NotFound", "NoSuchKey", "NoSuchBucket"] as const;

interface Named {
  readonly bucket: string;
  readonly name: string;
}

interface ReadOptions {
  /** Read its tags too, which takes another call and another permission. */
  readonly tags: boolean;
  /** Asked for the bytes only if the object is there. */
  readonly declared: () => Promise<Body | undefined>;
}

export async function readFile(
  context: AwsContext,
  { bucket, name }: Named,
  { tags, declared }: ReadOptions,
): Promise<FileState | undefined> {
  const s3 = await context.client("s3");
  const head = await unlessMissing(noSuchFile, () =>
    s3.headObject({ Bucket: bucket, Key: name, ChecksumMode: "ENABLED" }),
  );
  if (head === undefined) return undefined;
  const size = head.ContentLength ?? 0;
  const sha256 = wholeSha256(head.ChecksumSHA256, head.ChecksumType);
  const etag = head.ETag?.replaceAll('"', "");
  const tagging = tags
    ? await unlessMissing(noSuchFile, () => s3.getObjectTagging({ Bucket: bucket, Key: name }))
    : undefined;
  const body = await declared();
  return {
    bucket,
    key: name,
    size,
    sha256,
    etag,
    version: head.VersionId,
    lastModified: head.LastModified?.toISOString(),
    contentType: head.ContentType,
    cacheControl: head.CacheControl,
    metadata: head.Metadata ?? {},
    tags: tagsOfList(tagging?.TagSet),
    declared:
      body === undefined
        ? undefined
        : { size: body.size, same: await isBodyOf(body, { size, sha256, etag }) },
  };
}

/** A multipart upload's checksum is one of checksums: it ends in `-` and the number of parts. */
export function wholeSha256(
  checksum: string | undefined,
  type: string | undefined,
): string | undefined {
  if (checksum === undefined || type === "COMPOSITE" || checksum.includes("-")) return undefined;
  return Buffer.from(checksum, "base64").toString("hex");
}

/**
 * By sha256 where S3 has it. What somebody else uploaded often has none: then by its ETag, which is
 * the MD5 of the whole unless the object came in parts or is encrypted with a KMS key. Such an ETag
 * matches nothing, and the object is put once more.
 *
 * @source S3 API, "Object": ETag
 */
async function isBodyOf(
  body: Body,
  object: Pick<FileState, "size" | "sha256" | "etag">,
): Promise<boolean> {
  if (object.size !== body.size) return false;
  if (object.sha256 !== undefined) return object.sha256 === body.sha256;
  return /^[0-9a-f]{32}$/u.test(object.etag ?? "") && object.etag === (await md5Of(body));
}

async function md5Of(body: Body): Promise<string> {
  const hash = createHash("md5");
  for await (const part of body.open()) hash.update(part);
  return hash.digest("hex");
}
