import type { S3 } from "@aws-sdk/client-s3";
import { unlessMissing } from "../aws-error.ts";
import { tagsOfList } from "../tags.ts";
import type { Tags } from "../tags.ts";

export async function readTags(s3: S3, Bucket: string): Promise<Tags> {
  const found = await unlessMissing("NoSuchTagSet", () => s3.getBucketTagging({ Bucket }));
  return tagsOfList(found?.TagSet);
}
