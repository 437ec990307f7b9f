/** Files of a workspace in the buckets that it declares itself. */
import type { Search } from "../../core/owned.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { noSuchBucket } from "./bucket-read.ts";

/** Of one bucket; a list page holds as many. Each that might be ours takes a call of its own to know. */
const mostFiles = 1_000;
const mostLookups = 100;

interface FileKey {
  readonly bucket: string;
  readonly name: string;
}

/**
 * Those that may be the workspace's: uploaded with a sha256, as touchdown's are, and not declared. Only among a
 * bucket's first files by name, and none where too many others have a sha256 too, which is said.
 */
export async function ownedFiles(
  context: AwsContext,
  { declared }: Search,
): Promise<readonly FileKey[]> {
  const known = new Set(
    declared.flatMap(({ type, key }) =>
      type === "aws.s3.file" ? [`${String(key["bucket"])}/${String(key["name"])}`] : [],
    ),
  );
  const buckets = declared.flatMap(({ type, mode, key }) =>
    type === "aws.s3.bucket" && mode === "add" ? [String(key["name"])] : [],
  );
  const found = await Promise.all(
    buckets.map(async (bucket) => {
      const names = await namesIn(context, bucket);
      return names
        .map((name) => ({ bucket, name }))
        .filter(({ name }) => !known.has(`${bucket}/${name}`));
    }),
  );
  return found.flatMap((files) => {
    if (files.length <= mostLookups) return files;
    const message = `files in bucket ${files[0]?.bucket ?? ""} that are no longer declared were not looked for: ${files.length} there may be somebody else's`;
    context.runtime.emit({ type: "warning", message });
    return [];
  });
}

async function namesIn({ client }: AwsContext, Bucket: string): Promise<readonly string[]> {
  const s3 = await client("s3");
  const page = await unlessMissing(noSuchBucket, () =>
    s3.listObjectsV2({ Bucket, MaxKeys: mostFiles }),
  );
  return (page?.Contents ?? []).flatMap(({ Key, ChecksumAlgorithm }) =>
    Key === undefined || ChecksumAlgorithm?.includes("SHA256") === false ? [] : [Key],
  );
}
