/** A zip on its way to Lambda: directly, or through S3 where it is too big for that. */
import { Readable } from "node:stream";
import type { FunctionCode, LayerVersionContentInput } from "@aws-sdk/client-lambda";
import type { Artifact } from "../../core/artifact.ts";
import { TouchdownError } from "../../errors.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import type { FunctionWant } from "./function-schema.ts";
import { sha256Hex } from "../../host/sha256.ts";

/**
 * Of a function's code and of a layer alike.
 *
 * @source Lambda developer guide, "Lambda quotas": deployment package, zipped, for direct upload
 */
const directBytes = 50 * 1024 * 1024;

/** Of zips that are on their way at one time, for all functions and layers of a run. */
const inFlightBytes = 64 * 1024 * 1024;

/** By bucket and sha256, what is on its way through a bucket or there: once a run, however many functions have one zip. */
const sent = new WeakMap<AwsContext, Map<string, Promise<unknown>>>();

/**
 * Make a call that takes the function's code, with the code in the form it takes.
 *
 * @throws ARTIFACT_BUCKET, ARTIFACT_CHANGED
 */
export async function withCode<T>(
  context: AwsContext,
  { name, code, s3File }: FunctionWant,
  call: (code: FunctionCode) => Promise<T>,
): Promise<T> {
  if (s3File !== undefined) {
    const { bucket, key, version } = s3File;
    const which = version === undefined ? {} : { S3ObjectVersion: version };
    return call({ S3Bucket: bucket, S3Key: key, ...which });
  }
  if (code === undefined) throw new Error(`function ${name} has neither code nor s3File`);
  return withZip(context, { owner: `function ${name}`, zip: code }, call);
}

/**
 * Make a call that takes a zip, with the zip in the form it takes.
 *
 * @throws ARTIFACT_BUCKET naming the owner, ARTIFACT_CHANGED
 */
export async function withZip<T>(
  context: AwsContext,
  { owner, zip }: { readonly owner: string; readonly zip: Artifact },
  call: (zip: LayerVersionContentInput) => Promise<T>,
): Promise<T> {
  if (zip.size > directBytes) return call(await throughBucket(context, owner, zip));
  return flight.lend(zip.size, async () => call({ ZipFile: await wholeOf(zip) }));
}

/** Through the bucket, where it is under its sha256. */
async function throughBucket(
  context: AwsContext,
  owner: string,
  zip: Artifact,
): Promise<LayerVersionContentInput> {
  const { artifactBucket: Bucket } = context;
  if (Bucket === undefined) {
    throw new TouchdownError(
      "ARTIFACT_BUCKET",
      `${owner}: ${zip.name} has ${megabytes(zip.size)}, and AWS takes at most 50 MB directly`,
      { hint: 'name a bucket that zips may go through: addAws({ artifactBucket: "…" })' },
    );
  }
  const Key = zip.sha256;
  const known = sent.get(context) ?? new Map<string, Promise<unknown>>();
  sent.set(context, known);
  const path = `${Bucket}/${Key}`;
  const sending =
    known.get(path) ?? flight.lend(zip.size, () => putUnlessThere(context, Bucket, zip));
  known.set(path, sending);
  await sending;
  return { S3Bucket: Bucket, S3Key: Key };
}

async function putUnlessThere(
  { client, runtime }: AwsContext,
  Bucket: string,
  zip: Artifact,
): Promise<void> {
  const s3 = await client("s3");
  const Key = zip.sha256;
  const there = await unlessMissing("NotFound", () => s3.headObject({ Bucket, Key }));
  if (there?.ContentLength !== zip.size) {
    const message = `uploading ${zip.name} (${megabytes(zip.size)}) to ${Bucket}`;
    runtime.emit({ type: "progress", message });
    const ChecksumSHA256 = Buffer.from(zip.sha256, "hex").toString("base64");
    const Body = Readable.from(zip.open());
    const checksum = { ChecksumAlgorithm: "SHA256", ChecksumSHA256 } as const;
    await s3.putObject({ Bucket, Key, Body, ContentLength: zip.size, ...checksum });
  }
}

async function wholeOf(zip: Artifact): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of zip.open()) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const sha256 = sha256Hex(bytes);
  if (sha256 === zip.sha256) return bytes;
  throw new TouchdownError("ARTIFACT_CHANGED", `${zip.name} changed while it was to be uploaded`, {
    hint: "run the same command again, once nothing writes to it any more",
  });
}

export function megabytes(bytes: number): string {
  return bytes < 100_000
    ? `${(bytes / 1_000).toFixed(1)} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** So many bytes are lent at a time; who wants more waits, in the order they came. */
function lender(limit: number) {
  let lent = 0;
  const waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  const wake = (): void => {
    for (let [next] = waiting; next !== undefined && fits(next.bytes); [next] = waiting) {
      waiting.shift();
      lent += next.bytes;
      next.go();
    }
  };
  // One that is bigger than everything goes alone.
  const fits = (bytes: number): boolean => lent === 0 || lent + bytes <= limit;
  return {
    async lend<T>(bytes: number, work: () => Promise<T>): Promise<T> {
      await new Promise<void>((go) => {
        waiting.push({ bytes, go });
        wake();
      });
      try {
        return await work();
      } finally {
        lent -= bytes;
        wake();
      }
    },
  };
}

const flight = lender(inFlightBytes);
