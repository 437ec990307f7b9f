/** Files of a workspace in the buckets that it declares itself. */
import type { Search } from "../../core/owned.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { noSuchBucket } from "./bucket-read.ts";

/** @source S3 API, ListObjectsV2: max-keys, at most 1,000 */
const perPage = 1_000;

/** Of one bucket, where touchdown may not be the only one to write to it. */
const mostPages = { usual: 5, thorough: 100 };

/** Of one bucket: each file that might be ours takes calls of its own to know. */
const mostLookups = 100;

interface FileKey {
  readonly bucket: string;
  readonly name: string;
}

/**
 * Those that may be the workspace's: uploaded with a sha256, as touchdown's are, and not declared. Only among a
 * bucket's first files by name, and none where too many others have a sha256 too; either is said.
 */
export async function ownedFiles(
  context: AwsContext,
  { declared, thorough }: Search,
): Promise<readonly FileKey[]> {
  const known = new Set(
    declared.flatMap(({ type, key }) =>
      type === "aws.s3.file" ? [`${String(key["bucket"])}/${String(key["name"])}`] : [],
    ),
  );
  const buckets = declared.flatMap(({ type, mode, key }) =>
    type === "aws.s3.bucket" && mode === "add" ? [String(key["name"])] : [],
  );
  const pages = thorough ? mostPages.thorough : mostPages.usual;
  const found = await Promise.all(
    buckets.map((bucket) =>
      unknownIn(context, { bucket, pages, isKnown: (name) => known.has(`${bucket}/${name}`) }),
    ),
  );
  return found.flat();
}

interface Looking {
  readonly bucket: string;
  readonly pages: number;
  readonly isKnown: (name: string) => boolean;
}

async function unknownIn(
  { client, runtime }: AwsContext,
  { bucket, pages, isKnown }: Looking,
): Promise<readonly FileKey[]> {
  const s3 = await client("s3");
  const say = (how: string): void => {
    const message = `files in bucket ${bucket} that are no longer declared were ${how}`;
    runtime.emit({ type: "warning", message });
  };
  const found: FileKey[] = [];
  let after: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const next = after === undefined ? {} : { ContinuationToken: after };
    const listed = await unlessMissing(noSuchBucket, () =>
      s3.listObjectsV2({ Bucket: bucket, MaxKeys: perPage, ...next }),
    );
    for (const { Key: name, ChecksumAlgorithm } of listed?.Contents ?? []) {
      if (name === undefined || isKnown(name)) continue;
      if (ChecksumAlgorithm?.includes("SHA256") !== false) found.push({ bucket, name });
    }
    if (found.length > mostLookups) {
      say(`not looked for: more than ${mostLookups} there may be somebody else's`);
      return [];
    }
    after = listed?.NextContinuationToken;
    if (after === undefined) return found;
  }
  const most = (count: number): string => (count * perPage).toLocaleString("en");
  const more = pages < mostPages.thorough ? `; --refresh=full: ${most(mostPages.thorough)}` : "";
  say(`looked for only among its first ${most(pages)} objects${more}`);
  return found;
}
