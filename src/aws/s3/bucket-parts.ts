/** The parts of a bucket that no list shows; each has its own name for "not configured". */
import type { CORSRule, LifecycleRule, S3 } from "@aws-sdk/client-s3";
import { canonical } from "../../core/canonical.ts";
import { unlessSuspended } from "../../core/want.ts";
import { unlessMissing } from "../aws-error.ts";
import { singlyTag } from "../tags.ts";
import type { Tags } from "../tags.ts";

export interface BucketParts {
  readonly versioning: "enabled" | "suspended";
  readonly encryption: BucketEncryption;
  readonly publicAccessBlock: PublicAccess;
  readonly objectOwnership: string;
  readonly lifecycle: readonly LifecycleRule[];
  readonly cors: readonly CORSRule[];
  /** JSON. */
  readonly policy: string | undefined;
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

export type BucketPart = keyof BucketParts;

/** What a part is where it is left out of the declaration. */
export const leftOut = {
  versioning: "suspended",
  encryption: { algorithm: "AES256", kmsKey: undefined, bucketKey: false },
  publicAccessBlock: {
    blockPublicAcls: true,
    ignorePublicAcls: true,
    blockPublicPolicy: true,
    restrictPublicBuckets: true,
  },
  objectOwnership: "BucketOwnerEnforced",
  lifecycle: [],
  cors: [],
  policy: undefined,
} as const satisfies BucketParts;

export const bucketParts = Object.keys(leftOut) as readonly BucketPart[];

type Readers = {
  readonly [P in BucketPart]: (s3: S3, Bucket: string) => Promise<BucketParts[P]>;
};

const readers: Readers = {
  versioning: async (s3, Bucket) => {
    const { Status } = await s3.getBucketVersioning({ Bucket });
    return Status === "Enabled" ? "enabled" : "suspended";
  },
  encryption: async (s3, Bucket) => {
    const found = await unlessMissing("ServerSideEncryptionConfigurationNotFoundError", () =>
      s3.getBucketEncryption({ Bucket }),
    );
    const [rule] = found?.ServerSideEncryptionConfiguration?.Rules ?? [];
    return {
      algorithm: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? "AES256",
      kmsKey: rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
      bucketKey: rule?.BucketKeyEnabled ?? false,
    };
  },
  publicAccessBlock: async (s3, Bucket) => {
    const found = await unlessMissing("NoSuchPublicAccessBlockConfiguration", () =>
      s3.getPublicAccessBlock({ Bucket }),
    );
    const block = found?.PublicAccessBlockConfiguration ?? {};
    return {
      blockPublicAcls: block.BlockPublicAcls ?? false,
      ignorePublicAcls: block.IgnorePublicAcls ?? false,
      blockPublicPolicy: block.BlockPublicPolicy ?? false,
      restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
    };
  },
  objectOwnership: async (s3, Bucket) => {
    const found = await unlessMissing("OwnershipControlsNotFoundError", () =>
      s3.getBucketOwnershipControls({ Bucket }),
    );
    // S3 user guide, "Controlling ownership of objects": a bucket without the setting is ObjectWriter.
    return found?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? "ObjectWriter";
  },
  lifecycle: async (s3, Bucket) => {
    const found = await unlessMissing("NoSuchLifecycleConfiguration", () =>
      s3.getBucketLifecycleConfiguration({ Bucket }),
    );
    return found?.Rules ?? [];
  },
  cors: async (s3, Bucket) => {
    const found = await unlessMissing("NoSuchCORSConfiguration", () =>
      s3.getBucketCors({ Bucket }),
    );
    return found?.CORSRules ?? [];
  },
  policy: async (s3, Bucket) => {
    const found = await unlessMissing("NoSuchBucketPolicy", () => s3.getBucketPolicy({ Bucket }));
    return found?.Policy;
  },
};

/** These parts as S3 has them, a call each; the others as they are where they are left out. */
export async function readParts(
  s3: S3,
  bucket: string,
  parts: readonly BucketPart[],
): Promise<BucketParts> {
  const read = await Promise.all(
    parts.map(async (part) => [part, await readers[part](s3, bucket)] as const),
  );
  return { ...leftOut, ...(Object.fromEntries(read) as Partial<BucketParts>) };
}

/** Arguments of a bucket; one that is only referred to has no parts. */
type Want = Readonly<Partial<Record<BucketPart, unknown>>>;

/** Whether the declaration says what the part is to be. */
export function declares(want: Want, part: BucketPart): boolean {
  const given = unlessSuspended(() => want[part]);
  return !given.known || given.value !== undefined;
}

/** The parts that touchdown has set, by the bucket's tags; undefined where it has not noted that it made all as declared. */
export function notedParts(tags: Tags): ReadonlySet<string> | undefined {
  const noted = tags[singlyTag];
  return noted === undefined ? undefined : new Set(noted.split(" "));
}

/** The tag that notes them. */
export function noteOf(parts: Iterable<string>): Tags {
  const names = bucketParts.filter((part) => new Set(parts).has(part));
  return { [singlyTag]: names.length === 0 ? "none" : names.join(" ") };
}

/**
 * What is to be noted of a bucket: the parts that are declared, and those that were and are not yet what they are where
 * they are left out. One that is still to be set is noted by who sets it.
 */
export function partsToNote(
  want: Want,
  have: BucketParts & { readonly tags: Tags },
): readonly BucketPart[] {
  const noted = notedParts(have.tags);
  return bucketParts.filter((part) => {
    const isLeftOut = canonical(have[part]) === canonical(leftOut[part]);
    const declared = declares(want, part);
    if (noted === undefined) return declared;
    return isLeftOut ? declared && noted.has(part) : declared || noted.has(part);
  });
}
