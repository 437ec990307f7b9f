/** The calls that make a bucket, and change its configuration part by part. */
import type {
  BucketLocationConstraint,
  CORSRule,
  LifecycleRule,
  ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { TouchdownError } from "../../errors.ts";
import { AwsError, unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { policyJson } from "../policy.ts";
import { ownerTag, tagList } from "../tags.ts";
import type { Tags } from "../tags.ts";
import { onceOnly } from "../unsure.ts";
import { despite } from "../wait.ts";
import { leftOut } from "./bucket-parts.ts";
import { readTags } from "./bucket-tags.ts";
import type { BucketEncryption } from "./bucket-parts.ts";
import type { BucketArgs } from "./bucket-schema.ts";
import { s3Rule } from "./lifecycle.ts";

/** A call that changes the bucket, despite what S3 refuses only for a moment. */
export function changing<T>(context: AwsContext, name: string, call: () => Promise<T>): Promise<T> {
  const races = ["bucketBusy", "bucketPrincipalNotVisible"] as const;
  return despite(context.runtime, races, `bucket ${name}`, call);
}

/** @throws NAME_TAKEN */
export async function createBucket(context: AwsContext, want: BucketArgs): Promise<void> {
  const region = want.region ?? context.region;
  const s3 = await context.client("s3", { region });
  const location =
    // us-east-1 is where there is no constraint; S3 refuses it by name.
    region === "us-east-1"
      ? {}
      : {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        };
  let made: object | undefined;
  try {
    made = await changing(context, want.name, () =>
      // A killed run made it, and another call was quicker than ours to see it.
      unlessMissing("BucketAlreadyOwnedByYou", () =>
        s3.createBucket({
          Bucket: want.name,
          ObjectOwnership: want.objectOwnership ?? leftOut.objectOwnership,
          ...location,
        }),
      ),
    );
  } catch (error) {
    if (!(error instanceof AwsError) || error.awsName !== "BucketAlreadyExists") throw error;
    const message = `the bucket name ${want.name} is in use by another account`;
    throw new TouchdownError("NAME_TAKEN", message, {
      hint: "choose another name: all accounts of AWS share the names of buckets",
      cause: error,
    });
  }
  // At once, so that it is known whose it is; one that was there already may be somebody else's.
  if (made === undefined || Object.keys(want.tags).length === 0) return;
  await setTags(context, want.name, { want: want.tags, have: {} });
}

/** Encryption as declared, in the form in which it is compared. */
export function declaredEncryption({ encryption }: BucketArgs): BucketEncryption {
  if (encryption === undefined) return leftOut.encryption;
  const { algorithm, kmsKey, bucketKey } = encryption;
  return {
    algorithm: algorithm ?? (kmsKey === undefined ? "AES256" : "aws:kms"),
    kmsKey,
    bucketKey,
  };
}

export async function setEncryption(context: AwsContext, want: BucketArgs): Promise<void> {
  const s3 = await context.client("s3");
  const { algorithm, kmsKey, bucketKey } = declaredEncryption(want);
  await changing(context, want.name, () =>
    s3.putBucketEncryption({
      Bucket: want.name,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: algorithm as ServerSideEncryption,
              ...(kmsKey === undefined ? {} : { KMSMasterKeyID: kmsKey }),
            },
            BucketKeyEnabled: bucketKey,
          },
        ],
      },
    }),
  );
}

export async function setPublicAccessBlock(context: AwsContext, want: BucketArgs): Promise<void> {
  const s3 = await context.client("s3");
  const block = want.publicAccessBlock ?? leftOut.publicAccessBlock;
  await changing(context, want.name, () =>
    s3.putPublicAccessBlock({
      Bucket: want.name,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: block.blockPublicAcls,
        IgnorePublicAcls: block.ignorePublicAcls,
        BlockPublicPolicy: block.blockPublicPolicy,
        RestrictPublicBuckets: block.restrictPublicBuckets,
      },
    }),
  );
}

export async function setObjectOwnership(context: AwsContext, want: BucketArgs): Promise<void> {
  const s3 = await context.client("s3");
  const { name: Bucket, objectOwnership: ObjectOwnership = leftOut.objectOwnership } = want;
  await changing(context, Bucket, () =>
    s3.putBucketOwnershipControls({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } }),
  );
}

export async function setVersioning(context: AwsContext, want: BucketArgs): Promise<void> {
  const s3 = await context.client("s3");
  const { name: Bucket, versioning } = want;
  const Status = versioning === "enabled" ? "Enabled" : "Suspended";
  await changing(context, Bucket, () =>
    s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } }),
  );
}

export async function setLifecycle(context: AwsContext, want: BucketArgs): Promise<void> {
  const s3 = await context.client("s3");
  const Bucket = want.name;
  const Rules = s3LifecycleRules(want);
  await changing<unknown>(context, Bucket, () =>
    Rules.length === 0
      ? s3.deleteBucketLifecycle({ Bucket })
      : s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } }),
  );
}

/** Lifecycle rules as declared, in S3's form. */
export function s3LifecycleRules({ lifecycle = [] }: BucketArgs): LifecycleRule[] {
  return lifecycle.map((rule) => s3Rule(rule));
}

/** CORS rules as declared, in S3's form. */
export function s3CorsRules({ cors = [] }: BucketArgs): readonly CORSRule[] {
  return cors.map(({ maxAge, ...rule }) =>
    comparableCors({
      AllowedMethods: [...rule.allowedMethods],
      AllowedOrigins: [...rule.allowedOrigins],
      AllowedHeaders: [...rule.allowedHeaders],
      ExposeHeaders: [...rule.exposeHeaders],
      ...(maxAge === undefined ? {} : { MaxAgeSeconds: maxAge }),
    }),
  );
}

/** Without empty lists and ids, and with lists in one order. */
export function comparableCors(rule: CORSRule): CORSRule {
  const { AllowedHeaders = [], ExposeHeaders = [], MaxAgeSeconds } = rule;
  return {
    AllowedMethods: rule.AllowedMethods?.toSorted(),
    AllowedOrigins: rule.AllowedOrigins?.toSorted(),
    ...(AllowedHeaders.length === 0 ? {} : { AllowedHeaders: AllowedHeaders.toSorted() }),
    ...(ExposeHeaders.length === 0 ? {} : { ExposeHeaders: ExposeHeaders.toSorted() }),
    ...(MaxAgeSeconds === undefined ? {} : { MaxAgeSeconds }),
  };
}

export async function setCors(context: AwsContext, want: BucketArgs): Promise<void> {
  const s3 = await context.client("s3");
  const Bucket = want.name;
  const CORSRules = [...s3CorsRules(want)];
  await changing<unknown>(context, Bucket, () =>
    CORSRules.length === 0
      ? s3.deleteBucketCors({ Bucket })
      : s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules } }),
  );
}

export async function setPolicy(
  context: AwsContext,
  { name: Bucket, policy }: BucketArgs,
): Promise<void> {
  const s3 = await context.client("s3");
  await changing<unknown>(context, Bucket, () =>
    policy === undefined
      ? s3.deleteBucketPolicy({ Bucket })
      : s3.putBucketPolicy({
          Bucket,
          Policy: policyJson(policy),
        }),
  );
}

interface TagChange {
  readonly want: Tags;
  /** As read before. */
  readonly have: Tags;
}

/**
 * S3 replaces all tags at once, and knows no condition: those of other keys are sent along, and whose it is by now is
 * looked up directly before, each time that it is sent.
 *
 * @throws CHANGED_ELSEWHERE
 */
export async function setTags(
  context: AwsContext,
  Bucket: string,
  { want, have }: TagChange,
): Promise<void> {
  const s3 = await context.client("s3");
  const sender = await context.client("s3", { sendsOnce: true });
  const current = async (): Promise<Tags> => {
    // one that was made a moment ago may not be seen yet either
    const now = (await unlessMissing("NoSuchBucket", () => readTags(s3, Bucket))) ?? {};
    refuseTaken(Bucket, now, { want, have });
    return now;
  };
  const send = async (): Promise<true> => {
    // what was written a moment ago may not be seen yet
    const others = Object.entries({ ...have, ...(await current()) });
    const own = others.filter(([key]) => !key.startsWith("aws:"));
    const TagSet = tagList({ ...Object.fromEntries(own), ...want });
    await changing(context, Bucket, () => sender.putBucketTagging({ Bucket, Tagging: { TagSet } }));
    return true;
  };
  const look = async (): Promise<true | undefined> => {
    const now = await current();
    return Object.entries(want).every(([key, value]) => now[key] === value) ? true : undefined;
  };
  await onceOnly(context.runtime, `tags of bucket ${Bucket}`, { send, look });
}

/** Two workspaces that find a bucket nobody's may both be about to take it. */
function refuseTaken(name: string, now: Tags, { want, have }: TagChange): void {
  const owner = now[ownerTag];
  if (owner === undefined || owner === have[ownerTag] || owner === want[ownerTag]) return;
  const message = `bucket ${name} was taken by workspace ${owner} during this run, and theirs came first`;
  throw new TouchdownError("CHANGED_ELSEWHERE", message, {
    hint: "run the same command again: it starts from what they made of it",
  });
}
