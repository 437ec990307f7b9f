/** S3's buckets and objects as AWS documents them, in memory; without versions of objects. */
import { createHash } from "node:crypto";
import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
  S3,
  Tag,
} from "@aws-sdk/client-s3";
import { fakeRegion, page, Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

interface FakeBucket {
  readonly region: string;
  /** By the part's name: `Cors`, `Policy`. */
  readonly parts: Map<string, unknown>;
  readonly objects: Map<string, Omit<HeadObjectCommandOutput, "$metadata">>;
  /** Tags of objects, by key. */
  readonly tags: Map<string, Tag[]>;
}

/** What S3 says of a part that is not configured. */
const unset = {
  PublicAccessBlock: "NoSuchPublicAccessBlockConfiguration",
  OwnershipControls: "OwnershipControlsNotFoundError",
  Encryption: "ServerSideEncryptionConfigurationNotFoundError",
  Lifecycle: "NoSuchLifecycleConfiguration",
  Cors: "NoSuchCORSConfiguration",
  Policy: "NoSuchBucketPolicy",
  Tagging: "NoSuchTagSet",
} as const;

type Part = keyof typeof unset;

export type FakeS3 = FakeOf<S3> & {
  readonly buckets: ReadonlyMap<string, FakeBucket>;
  /** What was put, by `bucket/key`; what was deleted since may still be there. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
};

export function fakeS3(): FakeS3 {
  const buckets = new Map<string, FakeBucket>();
  const bytes = new Map<string, Uint8Array>();
  const bucketOf = (name: string | undefined): FakeBucket => {
    const bucket = buckets.get(name ?? "");
    if (bucket === undefined)
      throw new Refusal("NoSuchBucket", "The specified bucket does not exist");
    return bucket;
  };
  return {
    ...bucketCalls(buckets, bucketOf),
    ...partCalls(bucketOf),
    ...objectCalls(buckets, bucketOf, bytes),
    buckets,
    bytes,
  };
}

type BucketOf = (name: string | undefined) => FakeBucket;

function bucketCalls(buckets: Map<string, FakeBucket>, bucketOf: BucketOf): FakeOf<S3> {
  return {
    createBucket: async ({ Bucket = "", CreateBucketConfiguration, ObjectOwnership }) => {
      const region = CreateBucketConfiguration?.LocationConstraint ?? "us-east-1";
      if (region === "us-east-1" && String(fakeRegion) !== region) {
        throw new Refusal(
          "IllegalLocationConstraintException",
          "The unspecified location constraint",
        );
      }
      if (buckets.has(Bucket)) throw new Refusal("BucketAlreadyOwnedByYou", "You own it already");
      const parts = new Map<string, unknown>([
        ["PublicAccessBlock", allBlocked],
        ["OwnershipControls", { Rules: [{ ObjectOwnership }] }],
        [
          "Encryption",
          { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }] },
        ],
      ]);
      buckets.set(Bucket, { region, parts, objects: new Map(), tags: new Map() });
      return {};
    },
    listBuckets: async ({ MaxBuckets, Prefix = "", ContinuationToken }) => {
      const all = [...buckets].filter(([Name]) => Name.startsWith(Prefix));
      const size = MaxBuckets === undefined ? Infinity : Math.min(MaxBuckets, 5);
      const { items, next } = page(all, ContinuationToken, size);
      return {
        Buckets: items.map(([Name, { region }]) => ({
          Name,
          // only to a call that asks for a page
          ...(MaxBuckets === undefined ? {} : { BucketRegion: region }),
        })),
        ...(next === undefined ? {} : { ContinuationToken: next }),
      };
    },
    headBucket: async ({ Bucket }) => {
      const bucket = buckets.get(Bucket ?? "");
      if (bucket === undefined) throw new Refusal("NotFound", "UnknownError");
      return { BucketRegion: bucket.region };
    },
    deleteBucket: async ({ Bucket = "" }) => {
      if (bucketOf(Bucket).objects.size > 0) {
        throw new Refusal("BucketNotEmpty", "The bucket you tried to delete is not empty");
      }
      buckets.delete(Bucket);
      return {};
    },
  };
}

/** Since April 2023 every new bucket is made so. */
const allBlocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

function partCalls(bucketOf: BucketOf): FakeOf<S3> {
  const part = <T>(name: string | undefined, which: Part): T => {
    const value = bucketOf(name).parts.get(which);
    if (value === undefined) throw new Refusal(unset[which], `${which} is not configured`);
    return value as T;
  };
  const put = async (name: string | undefined, which: string, value: unknown) => {
    bucketOf(name).parts.set(which, value);
    return {};
  };
  const remove = async (name: string | undefined, which: Part) => {
    bucketOf(name).parts.delete(which);
    return {};
  };
  return {
    getBucketVersioning: async ({ Bucket }) => bucketOf(Bucket).parts.get("Versioning") ?? {},
    putBucketVersioning: (input) => put(input.Bucket, "Versioning", input.VersioningConfiguration),
    getBucketEncryption: async ({ Bucket }) => ({
      ServerSideEncryptionConfiguration: part(Bucket, "Encryption"),
    }),
    putBucketEncryption: (input) =>
      put(input.Bucket, "Encryption", input.ServerSideEncryptionConfiguration),
    getPublicAccessBlock: async ({ Bucket }) => ({
      PublicAccessBlockConfiguration: part(Bucket, "PublicAccessBlock"),
    }),
    putPublicAccessBlock: (input) =>
      put(input.Bucket, "PublicAccessBlock", input.PublicAccessBlockConfiguration),
    getBucketOwnershipControls: async ({ Bucket }) => ({
      OwnershipControls: part(Bucket, "OwnershipControls"),
    }),
    putBucketOwnershipControls: (input) =>
      put(input.Bucket, "OwnershipControls", input.OwnershipControls),
    getBucketLifecycleConfiguration: async ({ Bucket }) => part(Bucket, "Lifecycle"),
    putBucketLifecycleConfiguration: (input) =>
      put(input.Bucket, "Lifecycle", input.LifecycleConfiguration),
    deleteBucketLifecycle: ({ Bucket }) => remove(Bucket, "Lifecycle"),
    getBucketCors: async ({ Bucket }) => part(Bucket, "Cors"),
    putBucketCors: (input) => put(input.Bucket, "Cors", input.CORSConfiguration),
    deleteBucketCors: ({ Bucket }) => remove(Bucket, "Cors"),
    getBucketPolicy: async ({ Bucket }) => ({ Policy: part<string>(Bucket, "Policy") }),
    putBucketPolicy: (input) => put(input.Bucket, "Policy", input.Policy),
    deleteBucketPolicy: ({ Bucket }) => remove(Bucket, "Policy"),
    getBucketTagging: async ({ Bucket }) => part(Bucket, "Tagging"),
    putBucketTagging: (input) => put(input.Bucket, "Tagging", input.Tagging),
  };
}

function objectCalls(
  buckets: Map<string, FakeBucket>,
  bucketOf: BucketOf,
  kept: Map<string, Uint8Array>,
): FakeOf<S3> {
  return {
    putObject: async ({ Bucket, Key = "", Body, ChecksumSHA256, ...given }) => {
      refuseUnmet(bucketOf(Bucket).objects.get(Key)?.ETag, given);
      const bytes = Buffer.from(Body as Uint8Array);
      const sha256 = createHash("sha256").update(bytes).digest("base64");
      if (ChecksumSHA256 !== undefined && ChecksumSHA256 !== sha256) {
        throw new Refusal("BadDigest", "The SHA256 you specified did not match");
      }
      const { objects, tags } = bucketOf(Bucket);
      // Tags are part of a put: without any, those of before are gone.
      tags.set(Key, tagsOfQuery(given.Tagging));
      kept.set(`${Bucket}/${Key}`, bytes);
      const ETag = `"${etagOf(bytes, given.ServerSideEncryption)}"`;
      objects.set(Key, {
        ContentLength: bytes.length,
        ContentType: given.ContentType ?? "binary/octet-stream",
        ETag,
        LastModified: new Date(0),
        Metadata: given.Metadata ?? {},
        ...(given.CacheControl === undefined ? {} : { CacheControl: given.CacheControl }),
        ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256, ChecksumType: "FULL_OBJECT" }),
      });
      return { ETag };
    },
    getObject: async ({ Bucket, Key = "" }) => {
      const object = bucketOf(Bucket).objects.get(Key);
      if (object === undefined) throw new Refusal("NoSuchKey", "The specified key does not exist.");
      const text = new TextDecoder().decode(kept.get(`${Bucket}/${Key}`));
      const transformToString = () => Promise.resolve(text);
      return { ETag: object.ETag, Body: { transformToString } as Body };
    },
    headObject: async ({ Bucket, Key = "", ChecksumMode }) => {
      const object = buckets.get(Bucket ?? "")?.objects.get(Key);
      if (object === undefined) throw new Refusal("NotFound", "UnknownError");
      const { ChecksumSHA256, ChecksumType, ...always } = object;
      if (ChecksumMode !== "ENABLED" || ChecksumSHA256 === undefined) return always;
      return { ...always, ChecksumSHA256, ChecksumType };
    },
    getObjectTagging: async ({ Bucket, Key = "" }) => {
      const { objects, tags } = bucketOf(Bucket);
      if (!objects.has(Key)) throw new Refusal("NoSuchKey", "The specified key does not exist.");
      return { TagSet: tags.get(Key) ?? [] };
    },
    putObjectTagging: async ({ Bucket, Key = "", Tagging }) => {
      bucketOf(Bucket).tags.set(Key, [...(Tagging?.TagSet ?? [])]);
      return {};
    },
    deleteObject: async ({ Bucket, Key = "" }) => {
      bucketOf(Bucket).objects.delete(Key);
      return {};
    },
    listObjectsV2: async ({ Bucket, MaxKeys = 1_000, ContinuationToken }) => {
      const { objects } = bucketOf(Bucket);
      const { items, next } = page(
        [...objects.keys()].toSorted(),
        ContinuationToken,
        Math.min(MaxKeys, 1_000),
      );
      return {
        Contents: items.map((Key) => ({
          Key,
          ...(objects.get(Key)?.ChecksumSHA256 === undefined
            ? { ChecksumAlgorithm: ["CRC64NVME" as const] }
            : { ChecksumAlgorithm: ["SHA256" as const] }),
        })),
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { NextContinuationToken: next }),
      };
    },
    listObjectVersions: async ({ Bucket, KeyMarker }) => {
      const { items, next } = page([...bucketOf(Bucket).objects.keys()], KeyMarker);
      return {
        Versions: items.map((Key) => ({ Key, VersionId: "null" })),
        IsTruncated: next !== undefined,
        // Markers are names: what was before it is gone when the next page is asked for.
        ...(next === undefined ? {} : { NextKeyMarker: "0" }),
      };
    },
    deleteObjects: async ({ Bucket, Delete }) => {
      for (const { Key = "" } of Delete?.Objects ?? []) bucketOf(Bucket).objects.delete(Key);
      return {};
    },
    listMultipartUploads: async () => ({ IsTruncated: false }),
  };
}

type Body = Required<GetObjectCommandOutput>["Body"];

/** @source S3 user guide, "How to prevent object overwrites with conditional writes" */
function refuseUnmet(
  there: string | undefined,
  { IfMatch, IfNoneMatch }: Pick<PutObjectCommandInput, "IfMatch" | "IfNoneMatch">,
): void {
  if (IfMatch !== undefined && there === undefined) {
    throw new Refusal("NoSuchKey", "The specified key does not exist.");
  }
  if ((IfMatch ?? there) !== there || (IfNoneMatch === "*" && there !== undefined)) {
    const said = "At least one of the pre-conditions you specified did not hold";
    throw new Refusal("PreconditionFailed", said, 412);
  }
}

function tagsOfQuery(query = ""): Tag[] {
  return [...new URLSearchParams(query)].map(([Key, Value]) => ({ Key, Value }));
}

/** An MD5, but of no bytes that anyone can see where a KMS key encrypts them. */
function etagOf(bytes: Uint8Array, encryption: string | undefined): string {
  const hash = createHash("md5").update(bytes);
  return (encryption === "aws:kms" ? hash.update("key") : hash).digest("hex");
}
