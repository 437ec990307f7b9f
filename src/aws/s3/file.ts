/** A file in a bucket: S3's object. */
import { Readable } from "node:stream";
import * as z from "zod";
import { TouchdownError } from "../../errors.ts";
import { defineResource } from "../../core/define.ts";
import type { Place, Problem } from "../../core/define.ts";
import { handleOr, orRef } from "../../core/input.ts";
import type { Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { bodyOf, bodyOfFile, contentsSchema, payloadOf } from "./body.ts";
import type { Body } from "./body.ts";
import { contentTypeOf } from "./content-type.ts";

const fileArguments = strictObject({
  /** What `addBucket` returned, or a bucket's name. */
  bucket: handleOr<z.ZodString, { BucketName: string }>(
    "aws.s3.bucket",
    "BucketName",
    z.string().min(3).max(63),
  ),
  /**
   * The object's key.
   *
   * @unit at most 1,024 bytes of UTF-8
   * @source S3 user guide, "Naming Amazon S3 objects"
   */
  name: z
    .string()
    .min(1)
    .refine((name) => Buffer.byteLength(name) <= 1024, "must be at most 1,024 bytes of UTF-8"),
  /** Text, bytes, a ref, a bundle's output. Never shown, only its size. This or `source`. */
  contents: contentsSchema.optional(),
  /** A file on this machine, relative to the Touchdownfile's folder. */
  source: z.string().min(1).optional(),
  /** Default: by the name's ending. @source S3 API, PutObject: Content-Type */
  contentType: orRef(z.string()).optional(),
  /** @source S3 API, PutObject: Cache-Control */
  cacheControl: orRef(z.string()).optional(),
  /** `x-amz-meta-…`, without the prefix. @source S3 user guide, user-defined object metadata */
  metadata: z
    .record(
      z.string().regex(/^[a-z0-9-]+$/u, "may hold lower case letters, digits and -"),
      orRef(z.string()),
    )
    .default({}),
});

type Want = Resolved<z.output<typeof fileArguments>>;

interface Have {
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
  /** The declared source as it is now. */
  readonly source: Body | undefined;
}

const missing = ["NotFound", "NoSuchKey", "NoSuchBucket"];

export const file = defineResource({
  type: "aws.s3.file",
  noun: "file",
  schema: fileArguments,
  key: ["bucket", "name"],
  secretArgs: ["contents"],
  checks: [oneOfThem, sourceIsThere],
  read,
  create: put,
  createText: "upload",
  pendingText: "will be uploaded",
  aspects: {
    object: {
      fields: {
        contents: {
          want: (want) => (want.contents === undefined ? sourceAsIs : sized(bodyOf(want.contents))),
          have: ({ sha256, size, source }: Have) => ({ sha256, size, source: source?.sha256 }),
          equal: sameBytes,
          show: shownSize,
        },
        contentType: {
          want: ({ contentType, name }) => contentType ?? contentTypeOf(name),
          have: ({ contentType }: Have) => contentType,
        },
        cacheControl: {
          want: ({ cacheControl }) => cacheControl ?? "none",
          have: ({ cacheControl }: Have) => cacheControl ?? "none",
        },
        metadata: {
          want: ({ metadata }) => metadata,
          have: ({ metadata }: Have) => metadata,
        },
      },
      affects: ["ETag", "VersionId", "Sha256", "LastModified"],
      // S3 can't change a part of an object: whatever differs, it is put again as a whole.
      apply: (context: AwsContext, { want }) => put(context, want),
    },
  },
  /** In a bucket with versions, S3 keeps them and adds a delete marker. */
  delete: async ({ client }, { bucket, key }) => {
    const s3 = await client("s3");
    await unlessMissing(missing, () => s3.deleteObject({ Bucket: bucket, Key: key }));
  },
  properties: {
    Bucket: ({ bucket }: Have) => bucket,
    Key: ({ key }: Have) => key,
    ETag: ({ etag }: Have) => etag,
    /** Only in a bucket with versions. */
    VersionId: ({ version }: Have) => version,
    /** 64 hex digits, where S3 has it: what touchdown uploaded has one. */
    Sha256: ({ sha256 }: Have) => sha256,
    /** ISO 8601. */
    LastModified: ({ lastModified }: Have) => lastModified,
  },
});

async function read(context: AwsContext, want: Want): Promise<Have | undefined> {
  const { bucket, name } = want;
  const s3 = await context.client("s3");
  const head = await unlessMissing(missing, () =>
    s3.headObject({ Bucket: bucket, Key: name, ChecksumMode: "ENABLED" }),
  );
  if (head === undefined) return undefined;
  const source =
    want.source === undefined ? undefined : await bodyOfFile(context.runtime.folder, want.source);
  return {
    bucket,
    key: name,
    size: head.ContentLength ?? 0,
    sha256: wholeSha256(head.ChecksumSHA256, head.ChecksumType),
    etag: head.ETag?.replaceAll('"', ""),
    version: head.VersionId,
    lastModified: head.LastModified?.toISOString(),
    contentType: head.ContentType,
    cacheControl: head.CacheControl,
    metadata: head.Metadata ?? {},
    source,
  };
}

/** A multipart upload's checksum is one of checksums: it ends in `-` and the number of parts. */
export function wholeSha256(checksum: string | undefined, type: string | undefined) {
  if (checksum === undefined || type === "COMPOSITE" || checksum.includes("-")) return undefined;
  return Buffer.from(checksum, "base64").toString("hex");
}

async function put(context: AwsContext, want: Want): Promise<void> {
  const body = await wantedBody(context, want);
  const payload = await payloadOf(body);
  const s3 = await context.client("s3");
  await s3.putObject({
    Bucket: want.bucket,
    Key: want.name,
    Body: payload instanceof Uint8Array ? payload : Readable.from(payload),
    ContentLength: body.size,
    ChecksumAlgorithm: "SHA256",
    ChecksumSHA256: Buffer.from(body.sha256, "hex").toString("base64"),
    ContentType: want.contentType ?? contentTypeOf(want.name),
    Metadata: { ...want.metadata },
    ...(want.cacheControl === undefined ? {} : { CacheControl: want.cacheControl }),
  });
}

async function wantedBody(context: AwsContext, want: Want): Promise<Body> {
  if (want.contents !== undefined) return bodyOf(want.contents);
  const body = await bodyOfFile(context.runtime.folder, want.source ?? "");
  if (body !== undefined) return body;
  throw new TouchdownError("FILE_MISSING", `${want.source ?? ""} is gone since the plan`);
}

/** Stands for "the bytes of the source": what they are, `read` has found out. */
const sourceAsIs = "source";

function sized({ sha256, size }: Body) {
  return { sha256, size };
}

function sameBytes(want: unknown, have: unknown): boolean {
  const { sha256, source } = have as { sha256?: string; source?: string };
  const wanted = want === sourceAsIs ? source : (want as { sha256: string }).sha256;
  return sha256 !== undefined && sha256 === wanted;
}

/** Contents may be secret: neither they nor their hash are shown. */
function shownSize(value: unknown): string {
  return value === sourceAsIs ? "the source's" : `${(value as { size: number }).size} bytes`;
}

function oneOfThem({ contents, source }: Want): readonly Problem[] {
  if ((contents === undefined) !== (source === undefined)) return [];
  const which =
    contents === undefined ? "or source must be given" : "and source exclude each other";
  return [{ path: ["contents"], message: which }];
}

async function sourceIsThere({ source }: Want, { folder }: Place): Promise<readonly Problem[]> {
  if (source === undefined || (await bodyOfFile(folder, source)) !== undefined) return [];
  return [
    {
      path: ["source"],
      message: `names ${source}, which is no file in ${folder}`,
      code: "FILE_MISSING",
    },
  ];
}
