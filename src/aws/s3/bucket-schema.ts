/** What `addBucket` takes. */
import * as z from "zod/mini";
import { orRef } from "../../core/input.ts";
import type { Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { policyArgument } from "../policy.ts";
import { tagsArgument } from "../tags.ts";
import { bucketName } from "./bucket-name.ts";
import { lifecycleSchema } from "./lifecycle.ts";

const encryption = strictObject({
  /**
   * Default: `AES256`, keys that S3 keeps; `aws:kms` where there is a `kmsKey`.
   *
   * @source S3 API, ServerSideEncryptionByDefault: SSEAlgorithm
   */
  algorithm: z.optional(z.enum(["AES256", "aws:kms", "aws:kms:dsse"])),
  /**
   * ARN or id of a KMS key. Default for `aws:kms`: AWS's own key for S3.
   *
   * @source S3 API, ServerSideEncryptionByDefault: KMSMasterKeyID
   */
  kmsKey: z.optional(orRef(z.string().check(z.minLength(1)))),
  /**
   * Fewer calls to KMS, by a key for the bucket. Default: false.
   *
   * @source S3 API, ServerSideEncryptionRule: BucketKeyEnabled
   */
  bucketKey: z._default(z.boolean(), false),
});

const publicAccessBlock = strictObject({
  /** Refuse ACLs that make something public. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  blockPublicAcls: z._default(z.boolean(), true),
  /** Pay no regard to ACLs that do. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  ignorePublicAcls: z._default(z.boolean(), true),
  /** Refuse a bucket policy that makes it public. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  blockPublicPolicy: z._default(z.boolean(), true),
  /** Let nobody outside the account in by a public policy. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  restrictPublicBuckets: z._default(z.boolean(), true),
});

const corsRule = strictObject({
  /** `GET`, `PUT`, … @source S3 API, CORSRule */
  allowedMethods: z.array(z.enum(["GET", "PUT", "HEAD", "POST", "DELETE"])).check(z.minLength(1)),
  /** `https://example.com`; one `*` in each at most. @source S3 API, CORSRule */
  allowedOrigins: z.array(orRef(z.string())).check(z.minLength(1)),
  /** Headers that a preflight may ask for. Default: none. @source S3 API, CORSRule */
  allowedHeaders: z._default(z.array(z.string()), []),
  /** Headers that a page may read. Default: none. @source S3 API, CORSRule */
  exposeHeaders: z._default(z.array(z.string()), []),
  /** How long a browser may remember the answer. @unit s @source S3 API, CORSRule */
  maxAge: z.optional(z.int().check(z.gte(0))),
});

export const bucketSchema = strictObject({
  /**
   * In use by nobody else in the world: 3–63 lower-case letters, digits, `.` and `-`.
   *
   * @source S3 user guide, "General purpose bucket naming rules"
   */
  name: bucketName,
  /**
   * Where it is; can't be changed. Default: the account's region; one that exists stays where it is.
   *
   * @source S3 API, CreateBucket: LocationConstraint
   */
  region: z.optional(
    z.string().check(z.regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/u, "must be a region, such as eu-west-1")),
  ),
  /**
   * Keep what is replaced and deleted. Default: `suspended`, which for a bucket that never had
   * versions means none. `enabled` can't be undone: what has versions keeps them when suspended.
   *
   * @source S3 API, PutBucketVersioning
   */
  versioning: z.optional(z.enum(["enabled", "suspended"])),
  /**
   * How files are encrypted that name no encryption themselves. Default: `{ algorithm: "AES256" }`.
   *
   * @source S3 API, PutBucketEncryption
   */
  encryption: z.optional(encryption),
  /**
   * Keeps it from being public; each part is on unless switched off.
   *
   * @source S3 API, PutPublicAccessBlock
   */
  publicAccessBlock: z.optional(publicAccessBlock),
  /**
   * Who owns files that others write, and whether ACLs count. Default: `BucketOwnerEnforced`.
   *
   * @source S3 API, PutBucketOwnershipControls
   */
  objectOwnership: z.optional(
    z.enum(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]),
  ),
  /**
   * Rules by which files are moved and deleted as they grow old. Default: none.
   *
   * @unit at most 1,000
   * @source S3 API, PutBucketLifecycleConfiguration
   */
  lifecycle: z.optional(lifecycleSchema),
  /**
   * Which web pages may use it, in order: the first rule that fits counts. Default: none.
   *
   * @unit at most 100
   * @source S3 API, PutBucketCors
   */
  cors: z.optional(z.array(corsRule).check(z.maxLength(100))),
  /**
   * Who may do what with it: a policy as an object, refs anywhere inside, or as JSON. Default: none.
   *
   * @unit at most 20 KB
   * @source S3 API, PutBucketPolicy
   */
  policy: z.optional(policyArgument),
  /**
   * Tags by key. Those of other keys that the bucket has are left alone. Default: none.
   *
   * @unit at most 50
   * @source S3 API, PutBucketTagging
   */
  tags: tagsArgument,
  /**
   * Let `destroy` delete everything in it, every version too. Default: false: a bucket that is not
   * empty is not deleted.
   */
  forceDestroy: z._default(z.boolean(), false),
});

export type BucketArgs = Resolved<z.output<typeof bucketSchema>>;
