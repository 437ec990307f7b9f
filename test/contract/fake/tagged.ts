/** What the fakes of services have that can have tags, as their own calls tell. */
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { Lambda } from "@aws-sdk/client-lambda";
import type { S3 } from "@aws-sdk/client-s3";
import type { SQS } from "@aws-sdk/client-sqs";
import { allPages } from "../../../src/aws/pages.ts";
import { fakeRegion } from "./fake-service.ts";
import type { FakeOf, Fakes } from "./fake-service.ts";
import type { Tagged } from "./tagging.ts";

/** Buckets may be in any region, all else is in the fakes' own. */
export async function taggedIn(
  { lambda = {}, logs = {}, s3 = {}, sqs = {} }: Fakes,
  region: string = fakeRegion,
): Promise<readonly Tagged[]> {
  const buckets = taggedBuckets(s3, region);
  if (region !== fakeRegion) return buckets;
  const all = [taggedFunctions(lambda), taggedQueues(sqs), taggedGroups(logs), buckets];
  return (await Promise.all(all)).flat();
}

async function taggedFunctions(lambda: FakeOf<Lambda>): Promise<readonly Tagged[]> {
  const functions = await allPages(async (Marker?: string) => {
    const page = await lambda.listFunctions?.({ Marker });
    return { items: page?.Functions, next: page?.NextMarker };
  });
  return Promise.all(
    functions.map(async ({ FunctionName, FunctionArn: arn = "" }) => {
      const found = await lambda.getFunction?.({ FunctionName });
      return { arn, tags: found?.Tags ?? {} };
    }),
  );
}

async function taggedQueues(sqs: FakeOf<SQS>): Promise<readonly Tagged[]> {
  const urls = await allPages(async (NextToken?: string) => {
    const page = await sqs.listQueues?.({ NextToken });
    return { items: page?.QueueUrls, next: page?.NextToken };
  });
  return Promise.all(
    urls.map(async (QueueUrl) => {
      const { Attributes } =
        (await sqs.getQueueAttributes?.({ QueueUrl, AttributeNames: ["All"] })) ?? {};
      const { Tags = {} } = (await sqs.listQueueTags?.({ QueueUrl })) ?? {};
      return { arn: Attributes?.QueueArn ?? "", tags: Tags };
    }),
  );
}

async function taggedGroups(logs: FakeOf<CloudWatchLogs>): Promise<readonly Tagged[]> {
  const groups = await allPages(async (nextToken?: string) => {
    const page = await logs.describeLogGroups?.({ nextToken });
    return { items: page?.logGroups, next: page?.nextToken };
  });
  return Promise.all(
    groups.map(async ({ logGroupArn: arn = "" }) => {
      const { tags = {} } = (await logs.listTagsForResource?.({ resourceArn: arn })) ?? {};
      return { arn, tags };
    }),
  );
}

async function taggedBuckets(s3: FakeOf<S3>, region: string): Promise<readonly Tagged[]> {
  const buckets = await allPages(async (ContinuationToken?: string) => {
    const page = await s3.listBuckets?.({ MaxBuckets: 1_000, ContinuationToken });
    return { items: page?.Buckets, next: page?.ContinuationToken };
  });
  return Promise.all(
    buckets
      .filter(({ BucketRegion }) => BucketRegion === region)
      .map(async ({ Name = "" }) => {
        const found = await s3.getBucketTagging?.({ Bucket: Name }).catch(() => undefined);
        const tags = (found?.TagSet ?? []).map(({ Key = "", Value = "" }) => [Key, Value] as const);
        return { arn: `arn:aws:s3:::${Name}`, tags: Object.fromEntries(tags) };
      }),
  );
}
