/** An S3 bucket and its configuration. What is in it is declared with `addFile`. */
import { defineResource } from "../../core/define.ts";
import { policyField } from "../policy.ts";
import { ownedByTag } from "../tags.ts";
import {
  comparableCors,
  createBucket,
  declaredEncryption,
  s3CorsRules,
  s3LifecycleRules,
  setCors,
  setEncryption,
  setLifecycle,
  setObjectOwnership,
  setPolicy,
  setPublicAccessBlock,
  setVersioning,
} from "./bucket-change.ts";
import { deleteBucket } from "./bucket-delete.ts";
import { notedAspect, partAspect, tagsAspect } from "./bucket-note.ts";
import { leftOut } from "./bucket-parts.ts";
import { arnOf, readBucket } from "./bucket-read.ts";
import type { BucketState } from "./bucket-read.ts";
import { bucketSchema } from "./bucket-schema.ts";
import type { BucketArgs } from "./bucket-schema.ts";
import { readBuckets } from "./buckets-read.ts";
import { comparableRules } from "./lifecycle.ts";

export const bucket = defineResource({
  type: "aws.s3.bucket",
  noun: "bucket",
  schema: bucketSchema,
  key: ["name"],
  checks: [encryptionFits],
  read: readBucket,
  readAll: readBuckets,
  create: createBucket,
  aspects: {
    region: {
      fields: {
        region: {
          want: (want) => want.region,
          have: (have: BucketState) => have.region,
          immutable: true,
        },
      },
      apply: () => Promise.resolve(),
    },
    publicAccessBlock: partAspect(
      "publicAccessBlock",
      {
        want: ({ publicAccessBlock = leftOut.publicAccessBlock }) => publicAccessBlock,
        have: (have) => have.publicAccessBlock,
      },
      setPublicAccessBlock,
    ),
    objectOwnership: partAspect(
      "objectOwnership",
      {
        want: ({ objectOwnership = leftOut.objectOwnership }) => objectOwnership,
        have: (have) => have.objectOwnership,
      },
      setObjectOwnership,
    ),
    encryption: partAspect(
      "encryption",
      { want: declaredEncryption, have: (have) => have.encryption },
      setEncryption,
    ),
    versioning: partAspect(
      "versioning",
      {
        want: ({ versioning = leftOut.versioning }) => versioning,
        have: (have) => have.versioning,
      },
      setVersioning,
    ),
    lifecycle: partAspect(
      "lifecycle",
      {
        want: (want) => comparableRules(s3LifecycleRules(want)),
        have: (have) => comparableRules(have.lifecycle),
      },
      setLifecycle,
    ),
    cors: partAspect(
      "cors",
      { want: s3CorsRules, have: (have) => have.cors.map((rule) => comparableCors(rule)) },
      setCors,
    ),
    policy: partAspect(
      "policy",
      policyField({ want: (want) => want.policy, have: (have) => have.policy }),
      setPolicy,
    ),
    tags: tagsAspect,
    noted: notedAspect,
  },
  delete: (context, _have, { name, forceDestroy }) => deleteBucket(context, name, { forceDestroy }),
  ownership: ownedByTag,
  data: { held: () => "what is stored in it", deletedWith: { forceDestroy: true } },
  properties: {
    Arn: (have) => arnOf(have),
    BucketName: (have) => have.name,
    /** @source S3 user guide, virtual-hosted-style requests */
    RegionalDomainName: (have) =>
      `${have.name}.s3.${have.region}.amazonaws.com${have.region.startsWith("cn-") ? ".cn" : ""}`,
  },
});

function encryptionFits({ encryption = { bucketKey: false } }: BucketArgs) {
  const { algorithm, kmsKey, bucketKey } = encryption;
  const withoutKms = algorithm === "AES256" || (algorithm === undefined && kmsKey === undefined);
  if (!withoutKms) return [];
  const given = [...(kmsKey === undefined ? [] : ["kmsKey"]), ...(bucketKey ? ["bucketKey"] : [])];
  return given.map((name) => ({
    path: ["encryption", name],
    message: "goes only with the algorithms aws:kms and aws:kms:dsse",
  }));
}
