/** A function's code on its way: directly, or through S3 where it is too big for that. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { FunctionCode } from "@aws-sdk/client-lambda";
import type { Artifact } from "../../core/artifact.ts";
import { TouchdownError } from "../../errors.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import type { FunctionWant } from "./function-schema.ts";

/** @source Lambda developer guide, "Lambda quotas": deployment package, zipped, for direct upload */
const directBytes = 50 * 1024 * 1024;

/** Zips that are in memory at one time, in all functions of a run. */
const inMemoryBytes = 64 * 1024 * 1024;

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
  if (code.size > directBytes) return call(await throughBucket(context, name, code));
  return memory.lend(code.size, async () => call({ ZipFile: await wholeOf(code) }));
}

/** Put it into the bucket under its sha256, unless it is there. */
async function throughBucket(
  { artifactBucket: Bucket, client, runtime }: AwsContext,
  name: string,
  code: Artifact,
): Promise<FunctionCode> {
  if (Bucket === undefined) {
    throw new TouchdownError(
      "ARTIFACT_BUCKET",
      `function ${name}: ${code.name} has ${megabytes(code.size)}, and AWS takes at most 50 MB directly`,
      { hint: 'name a bucket that zips may go through: addAws({ artifactBucket: "…" })' },
    );
  }
  const s3 = await client("s3");
  const Key = code.sha256;
  const there = await unlessMissing("NotFound", () => s3.headObject({ Bucket, Key }));
  if (there?.ContentLength !== code.size) {
    const message = `uploading ${code.name} (${megabytes(code.size)}) to ${Bucket}`;
    runtime.emit({ type: "progress", message });
    const ChecksumSHA256 = Buffer.from(code.sha256, "hex").toString("base64");
    const Body = Readable.from(code.open());
    const checksum = { ChecksumAlgorithm: "SHA256", ChecksumSHA256 } as const;
    await s3.putObject({ Bucket, Key, Body, ContentLength: code.size, ...checksum });
  }
  return { S3Bucket: Bucket, S3Key: Key };
}

async function wholeOf(code: Artifact): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of code.open()) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 === code.sha256) return bytes;
  throw new TouchdownError("ARTIFACT_CHANGED", `${code.name} changed while it was to be uploaded`, {
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

const memory = lender(inMemoryBytes);
