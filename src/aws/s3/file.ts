/** A file in a bucket: S3's object. */
import { Readable } from "node:stream";
import * as z from "zod/mini";
import { TouchdownError } from "../../errors.ts";
import { defineResource } from "../../core/define.ts";
import type { Place, Problem } from "../../core/define.ts";
import { handleOr, orRef } from "../../core/input.ts";
import type { Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { unlessSuspended } from "../../core/want.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { ownedByTag, tagList, tagsArgument, tagsField } from "../tags.ts";
import type { Tags } from "../tags.ts";
import { bodyOf, bodyOfFile, contentsSchema, payloadOf } from "./body.ts";
import type { Body } from "./body.ts";
import { contentTypeOf } from "./content-type.ts";
import { noSuchFile, readFile } from "./file-read.ts";
import type { FileState } from "./file-read.ts";

const fileTags = tagsArgument.check(
  z.refine((tags) => Object.keys(tags).length <= 10, "may be at most 10 on a file"),
);

const fileArguments = strictObject({
  /** What `addBucket` returned, or a bucket's name. */
  bucket: handleOr<z.ZodMiniString<string>, { BucketName: string }>(
    "aws.s3.bucket",
    "BucketName",
    z.string().check(z.minLength(3), z.maxLength(63)),
  ),
  /**
   * The object's key.
   *
   * @unit at most 1,024 bytes of UTF-8
   * @source S3 user guide, "Naming Amazon S3 objects"
   */
  name: z.string().check(
    z.minLength(1),
    z.refine((name) => Buffer.byteLength(name) <= 1024, "must be at most 1,024 bytes of UTF-8"),
  ),
  /** Text, bytes, a ref, a bundle's output. Never shown, only its size. This or `source`. */
  contents: z.optional(contentsSchema),
  /** A file on this machine, relative to the Touchdownfile's folder. */
  source: z.optional(z.string().check(z.minLength(1))),
  /** Default: by the name's ending. @source S3 API, PutObject: Content-Type */
  contentType: z.optional(orRef(z.string())),
  /** @source S3 API, PutObject: Cache-Control */
  cacheControl: z.optional(orRef(z.string())),
  /** `x-amz-meta-…`, without the prefix. @source S3 user guide, user-defined object metadata */
  metadata: z._default(
    z.record(
      z.string().check(z.regex(/^[a-z0-9-]+$/u, "may hold lower case letters, digits and -")),
      orRef(z.string()),
    ),
    {},
  ),
  /**
   * Tags by key. Those of other keys that it has are left alone. Default: none.
   *
   * @unit at most 10
   * @source S3 API, PutObjectTagging
   */
  tags: fileTags,
});

type Want = Resolved<z.output<typeof fileArguments>>;

export const file = defineResource({
  type: "aws.s3.file",
  noun: "file",
  schema: fileArguments,
  key: ["bucket", "name"],
  secretArgs: ["contents"],
  checks: [oneOfThem, sourceIsThere],
  read: (context: AwsContext, want) =>
    readFile(context, want, {
      tags: hasTags(want),
      declared: () => declaredBody(want, context.runtime),
    }),
  create: (context, want) => put(context, want, want.tags),
  createText: "upload",
  pendingText: "will be uploaded",
  aspects: {
    object: {
      fields: {
        contents: {
          want: ({ contents }, have): Bytes => {
            const size = contents === undefined ? have?.declared?.size : bodyOf(contents).size;
            return { size, other: size === have?.size };
          },
          have: ({ size, declared }: FileState) => ({ size, same: declared?.same }),
          equal: (_want, have) => (have as { same?: boolean }).same === true,
          show: shownSize,
        },
        contentType: {
          want: ({ contentType, name }) => contentType ?? contentTypeOf(name),
          have: ({ contentType }: FileState) => contentType,
        },
        cacheControl: {
          want: ({ cacheControl }) => cacheControl ?? "none",
          have: ({ cacheControl }: FileState) => cacheControl ?? "none",
        },
        metadata: {
          want: ({ metadata }) => metadata,
          have: ({ metadata }: FileState) => metadata,
        },
      },
      affects: ["ETag", "VersionId", "Sha256", "LastModified"],
      // S3 can't change a part of an object: whatever differs, it is put again as a whole.
      apply: (context: AwsContext, { want, have }) =>
        put(context, want, { ...have.tags, ...want.tags }),
    },
    tags: {
      fields: { tags: tagsField<Want, FileState>() },
      apply: async ({ client }, { want, have }) => {
        const TagSet = tagList({ ...have.tags, ...want.tags });
        const s3 = await client("s3");
        await s3.putObjectTagging({ Bucket: want.bucket, Key: want.name, Tagging: { TagSet } });
      },
    },
  },
  /** In a bucket with versions, S3 keeps them and adds a delete marker. */
  delete: async ({ client }, { bucket, key }) => {
    const s3 = await client("s3");
    await unlessMissing(noSuchFile, () => s3.deleteObject({ Bucket: bucket, Key: key }));
  },
  ownership: ownedByTag,
  properties: {
    Bucket: ({ bucket }: FileState) => bucket,
    Key: ({ key }: FileState) => key,
    ETag: ({ etag }: FileState) => etag,
    /** Only in a bucket with versions. */
    VersionId: ({ version }: FileState) => version,
    /** 64 hex digits, where S3 has it: what touchdown uploaded has one. */
    Sha256: ({ sha256 }: FileState) => sha256,
    /** ISO 8601. */
    LastModified: ({ lastModified }: FileState) => lastModified,
  },
});

/** A file that has none takes one call less, and one permission. */
function hasTags(want: Want): boolean {
  const tags = unlessSuspended(() => want.tags);
  return !tags.known || Object.keys(tags.value ?? {}).length > 0;
}

async function put(context: AwsContext, want: Want, tags: Tags): Promise<void> {
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
    ...(Object.keys(tags).length === 0 ? {} : { Tagging: queryOf(tags) }),
    ...(want.cacheControl === undefined ? {} : { CacheControl: want.cacheControl }),
  });
}

/** @source S3 API, PutObject: x-amz-tagging, "must be encoded as URL Query parameters" */
function queryOf(tags: Tags): string {
  return Object.entries(tags)
    .map((pair) => pair.map(encodeURIComponent).join("="))
    .join("&");
}

async function wantedBody(context: AwsContext, want: Want): Promise<Body> {
  const body = await declaredBody(want, context.runtime);
  if (body !== undefined) return body;
  throw new TouchdownError("FILE_MISSING", `${want.source ?? ""} is gone since the plan`);
}

/** `undefined` while the contents are not known yet, and where there is no such source. */
async function declaredBody(want: Want, { folder }: Place): Promise<Body | undefined> {
  if (want.source !== undefined) return bodyOfFile(folder, want.source);
  const contents = unlessSuspended(() => want.contents);
  return contents.known && contents.value !== undefined ? bodyOf(contents.value) : undefined;
}

/** What a plan says of contents, which may be secret: neither they nor their hash. */
interface Bytes {
  readonly size: number | undefined;
  /** As many as there were. */
  readonly other?: boolean;
}

function shownSize(value: unknown): string {
  const { size, other } = value as Bytes;
  return `${size ?? "no"} ${other === true ? "other " : ""}bytes`;
}

function oneOfThem({ contents, source }: Want): readonly Problem[] {
  if ((contents === undefined) !== (source === undefined)) return [];
  const which =
    contents === undefined ? "or source must be given" : "and source exclude each other";
  return [{ path: ["contents"], message: which }];
}

async function sourceIsThere(
  { source }: Want,
  { folder, making = true }: Place,
): Promise<readonly Problem[]> {
  if (source === undefined || !making) return [];
  const path = ["source"];
  try {
    if ((await bodyOfFile(folder, source)) !== undefined) return [];
  } catch (error) {
    if (!(error instanceof TouchdownError)) throw error;
    return [{ path, message: `is wrong: ${error.message}`, code: error.code }];
  }
  const message = `names ${source}, which is no file in ${folder}`;
  return [{ path, message, code: "FILE_MISSING" }];
}
