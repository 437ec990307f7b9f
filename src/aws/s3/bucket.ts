/** An S3 bucket and its configuration. What is in it is declared with `addFile`. */
import { defineResource } from "../../core/define.ts";
import type { AwsContext } from "../context.ts";
import { policyField } from "../policy.ts";
import { ownedByTag, tagsField } from "../tags.ts";
import {
  changing,
  comparableCors,
  createBucket,
  declaredEncryption,
  s3CorsRules,
  setCors,
  setEncryption,
  setLifecycle,
  setPolicy,
  setPublicAccessBlock,
  setTags,
} from "./bucket-change.ts";
import { deleteBucket } from "./bucket-delete.ts";
import { readBucket } from "./bucket-read.ts";
import type { BucketState } from "./bucket-read.ts";
import { bucketSchema } from "./bucket-schema.ts";
import type { BucketArgs } from "./bucket-schema.ts";
import { comparableRules, s3Rule } from "./lifecycle.ts";

export const bucket = defineResource({
  type: "aws.s3.bucket",
  noun: "bucket",
  schema: bucketSchema,
  key: ["name"],
  checks: [encryptionFits],
  // A bucket that is only referred to has no other arguments, and needs only s3:ListBucket.
  read: (context: AwsContext, want) =>
    readBucket(context, want.name, {
      configuration: Object.hasOwn(want, "forceDestroy"),
      tags: Object.hasOwn(want, "tags"),
    }),
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
    publicAccessBlock: {
      fields: {
        publicAccessBlock: {
          want: (want) => want.publicAccessBlock,
          have: (have: BucketState) => have.publicAccessBlock,
        },
      },
      apply: (context, { want }) => setPublicAccessBlock(context, want),
    },
    objectOwnership: {
      fields: {
        objectOwnership: {
          want: (want) => want.objectOwnership,
          have: (have: BucketState) => have.objectOwnership,
        },
      },
      apply: async (context, { want }) => {
        const s3 = await context.client("s3");
        const Rules = [{ ObjectOwnership: want.objectOwnership }];
        await changing(context, want.name, () =>
          s3.putBucketOwnershipControls({ Bucket: want.name, OwnershipControls: { Rules } }),
        );
      },
    },
    encryption: {
      fields: {
        encryption: { want: declaredEncryption, have: (have: BucketState) => have.encryption },
      },
      apply: (context, { want }) => setEncryption(context, want),
    },
    versioning: {
      fields: {
        versioning: {
          want: (want) => want.versioning,
          have: (have: BucketState) => have.versioning,
        },
      },
      apply: async (context, { want }) => {
        const s3 = await context.client("s3");
        const Status = want.versioning === "enabled" ? "Enabled" : "Suspended";
        await changing(context, want.name, () =>
          s3.putBucketVersioning({ Bucket: want.name, VersioningConfiguration: { Status } }),
        );
      },
    },
    lifecycle: {
      fields: {
        lifecycle: {
          want: (want) => comparableRules(want.lifecycle.map((rule) => s3Rule(rule))),
          have: (have: BucketState) => comparableRules(have.lifecycle),
        },
      },
      apply: (context, { want }) => setLifecycle(context, want),
    },
    cors: {
      fields: {
        cors: {
          want: s3CorsRules,
          have: (have: BucketState) => have.cors.map((rule) => comparableCors(rule)),
        },
      },
      apply: (context, { want }) => setCors(context, want),
    },
    policy: {
      fields: {
        policy: policyField({
          want: (want: BucketArgs) => want.policy,
          have: (have: BucketState) => have.policy,
        }),
      },
      apply: (context, { want }) => setPolicy(context, want),
    },
    tags: {
      fields: { tags: tagsField<BucketArgs, BucketState>() },
      apply: (context, { want, have }) =>
        setTags(context, want.name, { want: want.tags, have: have.tags }),
    },
  },
  delete: (context, _have, { name, forceDestroy }) => deleteBucket(context, name, { forceDestroy }),
  ownership: ownedByTag,
  data: { held: () => "what is stored in it", deletedWith: { forceDestroy: true } },
  properties: {
    Arn: (have) => `arn:${partitionOf(have.region)}:s3:::${have.name}`,
    BucketName: (have) => have.name,
    /** @source S3 user guide, virtual-hosted-style requests */
    RegionalDomainName: (have) =>
      `${have.name}.s3.${have.region}.amazonaws.com${have.region.startsWith("cn-") ? ".cn" : ""}`,
  },
});

function encryptionFits({ encryption: { algorithm, kmsKey, bucketKey } }: BucketArgs) {
  const withoutKms = algorithm === "AES256" || (algorithm === undefined && kmsKey === undefined);
  if (!withoutKms) return [];
  const given = [...(kmsKey === undefined ? [] : ["kmsKey"]), ...(bucketKey ? ["bucketKey"] : [])];
  return given.map((name) => ({
    path: ["encryption", name],
    message: "goes only with the algorithms aws:kms and aws:kms:dsse",
  }));
}

/** @source AWS general reference, ARN format: partitions */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
