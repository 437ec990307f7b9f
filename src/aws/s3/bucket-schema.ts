/** What `addBucket` takes. */
import * as z from "zod";
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
  algorithm: z.enum(["AES256", "aws:kms", "aws:kms:dsse"]).optional(),
  /**
   * ARN or id of a KMS key. Default for `aws:kms`: AWS's own key for S3.
   *
   * @source S3 API, ServerSideEncryptionByDefault: KMSMasterKeyID
   */
  kmsKey: orRef(z.string().min(1)).optional(),
  /**
   * Fewer calls to KMS, by a key for the bucket. Default: false.
   *
   * @source S3 API, ServerSideEncryptionRule: BucketKeyEnabled
   */
  bucketKey: z.boolean().default(false),
});

const publicAccessBlock = strictObject({
  /** Refuse ACLs that make something public. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  blockPublicAcls: z.boolean().default(true),
  /** Pay no regard to ACLs that do. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  ignorePublicAcls: z.boolean().default(true),
  /** Refuse a bucket policy that makes it public. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  blockPublicPolicy: z.boolean().default(true),
  /** Let nobody outside the account in by a public policy. Default: true. @source S3 API, PublicAccessBlockConfiguration */
  restrictPublicBuckets: z.boolean().default(true),
});

const corsRule = strictObject({
  /** `GET`, `PUT`, … @source S3 API, CORSRule */
  allowedMethods: z.array(z.enum(["GET", "PUT", "HEAD", "POST", "DELETE"])).min(1),
  /** `https://example.com`; one `*` in each at most. @source S3 API, CORSRule */
  allowedOrigins: z.array(orRef(z.string())).min(1),
  /** Headers that a preflight may ask for. Default: none. @source S3 API, CORSRule */
  allowedHeaders: z.array(z.string()).default([]),
  /** Headers that a page may read. Default: none. @source S3 API, CORSRule */
  exposeHeaders: z.array(z.string()).default([]),
  /** How long a browser may remember the answer. @unit s @source S3 API, CORSRule */
  maxAge: z.int().min(0).optional(),
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
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/u, "must be a region, such as eu-west-1")
    .optional(),
  /**
   * Keep what is replaced and deleted. Default: `suspended`, which for a bucket that never had
   * versions means none. `enabled` can't be undone: what has versions keeps them when suspended.
   *
   * @source S3 API, PutBucketVersioning
   */
  versioning: z.enum(["enabled", "suspended"]).optional(),
  /**
   * How files are encrypted that name no encryption themselves. Default: `{ algorithm: "AES256" }`.
   *
   * @source S3 API, PutBucketEncryption
   */
  encryption: encryption.optional(),
  /**
   * Keeps it from being public; each part is on unless switched off.
   *
   * @source S3 API, PutPublicAccessBlock
   */
  publicAccessBlock: publicAccessBlock.optional(),
  /**
   * Who owns files that others write, and whether ACLs count. Default: `BucketOwnerEnforced`.
   *
   * @source S3 API, PutBucketOwnershipControls
   */
  objectOwnership: z
    .enum(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])
    .optional(),
  /**
   * Rules by which files are moved and deleted as they grow old. Default: none.
   *
   * @unit at most 1,000
   * @source S3 API, PutBucketLifecycleConfiguration
   */
  lifecycle: lifecycleSchema.optional(),
  /**
   * Which web pages may use it, in order: the first rule that fits counts. Default: none.
   *
   * @unit at most 100
   * @source S3 API, PutBucketCors
   */
  cors: z.array(corsRule).max(100).optional(),
  /**
   * Who may do what with it: a policy as an object, refs anywhere inside, or as JSON. Default: none.
   *
   * @unit at most 20 KB
   * @source S3 API, PutBucketPolicy
   */
  policy: policyArgument.optional(),
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
  forceDestroy: z.boolean().default(false),
});

export type BucketArgs = Resolved<z.output<typeof bucketSchema>>;
