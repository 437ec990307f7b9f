/** A bucket as S3 has it; each part has its own name for "not configured". */
import type { CORSRule, LifecycleRule, S3 } from "@aws-sdk/client-s3";
import { AwsError, statusOf, unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { TouchdownError } from "../../errors.ts";
import { tagsOfList } from "../tags.ts";
import type { Tags } from "../tags.ts";

export interface BucketState {
  readonly name: string;
  readonly region: string;
  readonly versioning: "enabled" | "suspended";
  readonly encryption: BucketEncryption;
  readonly publicAccessBlock: PublicAccess;
  readonly objectOwnership: string;
  readonly lifecycle: readonly LifecycleRule[];
  readonly cors: readonly CORSRule[];
  /** JSON. */
  readonly policy: string | undefined;
  readonly tags: Tags;
}

export interface BucketEncryption {
  readonly algorithm: string;
  readonly kmsKey: string | undefined;
  readonly bucketKey: boolean;
}

interface PublicAccess {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

interface ReadOptions {
  /** Read its configuration too, which takes more calls and more permissions. */
  readonly configuration: boolean;
  /** Read at least its tags. */
  readonly tags: boolean;
}

/** S3's names for a bucket that is not there; HeadBucket, which has no body, says `NotFound`. */
export const noSuchBucket = ["NoSuchBucket", "NotFound"] as const;

/** @throws NAME_TAKEN */
export async function readBucket(
  context: AwsContext,
  name: string,
  { configuration, tags }: ReadOptions,
): Promise<BucketState | undefined> {
  const s3 = await context.client("s3");
  return unlessMissing(noSuchBucket, async () => {
    const { BucketRegion } = await headBucket(s3, name);
    const region = BucketRegion ?? context.region;
    if (configuration) return { name, region, ...(await readParts(s3, name)) };
    return { name, region, ...unread, ...(tags ? { tags: await readTags(s3, name) } : {}) };
  });
}

type Parts = Omit<BucketState, "name" | "region">;

/** Of a bucket that is only referred to, which nobody compares. */
const unread: Parts = {
  versioning: "suspended",
  encryption: { algorithm: "AES256", kmsKey: undefined, bucketKey: false },
  publicAccessBlock: publicAccess({}),
  objectOwnership: "ObjectWriter",
  lifecycle: [],
  cors: [],
  policy: undefined,
  tags: {},
};

async function headBucket(s3: S3, name: string) {
  try {
    return await s3.headBucket({ Bucket: name });
  } catch (error) {
    if (!(error instanceof AwsError) || statusOf(error.cause) !== 403) throw error;
    throw new TouchdownError("NAME_TAKEN", `the bucket ${name} exists and is not open to us`, {
      hint: "if it is another account's, choose another name; if it is yours, allow s3:ListBucket on it",
      cause: error,
    });
  }
}

async function readParts(s3: S3, Bucket: string): Promise<Parts> {
  const [versioning, encryption, block, ownership, lifecycle, cors, policy, tags] =
    await Promise.all([
      s3.getBucketVersioning({ Bucket }),
      unlessMissing("ServerSideEncryptionConfigurationNotFoundError", () =>
        s3.getBucketEncryption({ Bucket }),
      ),
      unlessMissing("NoSuchPublicAccessBlockConfiguration", () =>
        s3.getPublicAccessBlock({ Bucket }),
      ),
      unlessMissing("OwnershipControlsNotFoundError", () =>
        s3.getBucketOwnershipControls({ Bucket }),
      ),
      unlessMissing("NoSuchLifecycleConfiguration", () =>
        s3.getBucketLifecycleConfiguration({ Bucket }),
      ),
      unlessMissing("NoSuchCORSConfiguration", () => s3.getBucketCors({ Bucket })),
      unlessMissing("NoSuchBucketPolicy", () => s3.getBucketPolicy({ Bucket })),
      readTags(s3, Bucket),
    ]);
  const [rule] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  return {
    versioning: versioning.Status === "Enabled" ? "enabled" : "suspended",
    encryption: {
      algorithm: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? "AES256",
      kmsKey: rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
      bucketKey: rule?.BucketKeyEnabled ?? false,
    },
    publicAccessBlock: publicAccess(block?.PublicAccessBlockConfiguration ?? {}),
    // S3 user guide, "Controlling ownership of objects": a bucket without the setting is ObjectWriter.
    objectOwnership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? "ObjectWriter",
    lifecycle: lifecycle?.Rules ?? [],
    cors: cors?.CORSRules ?? [],
    policy: policy?.Policy,
    tags,
  };
}

async function readTags(s3: S3, Bucket: string): Promise<Tags> {
  const found = await unlessMissing("NoSuchTagSet", () => s3.getBucketTagging({ Bucket }));
  return tagsOfList(found?.TagSet);
}

function publicAccess(block: {
  BlockPublicAcls?: boolean | undefined;
  IgnorePublicAcls?: boolean | undefined;
  BlockPublicPolicy?: boolean | undefined;
  RestrictPublicBuckets?: boolean | undefined;
}): PublicAccess {
  return {
    blockPublicAcls: block.BlockPublicAcls ?? false,
    ignorePublicAcls: block.IgnorePublicAcls ?? false,
    blockPublicPolicy: block.BlockPublicPolicy ?? false,
    restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
  };
}
