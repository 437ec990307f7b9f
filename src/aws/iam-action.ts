/** What must be allowed for a call: not always what the call is named. */

/** @source Service Authorization Reference, service prefixes */
const prefixes: Readonly<Record<string, string>> = { CloudWatchLogs: "logs" };

/** @source Service Authorization Reference, actions of Amazon S3 and AWS Lambda; S3 API, permissions of each */
const actions: Readonly<Record<string, string>> = {
  "S3 HeadBucket": "ListBucket",
  "S3 ListBuckets": "ListAllMyBuckets",
  "S3 ListObjectsV2": "ListBucket",
  "S3 HeadObject": "GetObject",
  "S3 DeleteObjects": "DeleteObject",
  "S3 ListObjectVersions": "ListBucketVersions",
  "S3 ListMultipartUploads": "ListBucketMultipartUploads",
  "S3 GetBucketEncryption": "GetEncryptionConfiguration",
  "S3 PutBucketEncryption": "PutEncryptionConfiguration",
  "S3 GetPublicAccessBlock": "GetBucketPublicAccessBlock",
  "S3 PutPublicAccessBlock": "PutBucketPublicAccessBlock",
  "S3 GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
  "S3 PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
  "S3 DeleteBucketLifecycle": "PutLifecycleConfiguration",
  "S3 GetBucketCors": "GetBucketCORS",
  "S3 PutBucketCors": "PutBucketCORS",
  "S3 DeleteBucketCors": "PutBucketCORS",
  "S3 DeleteBucketTagging": "PutBucketTagging",
  "Lambda Invoke": "InvokeFunction",
};

/** `s3:GetObject` for S3's HeadObject. */
export function iamAction(service: string, operation: string): string {
  const prefix = prefixes[service] ?? service.toLowerCase();
  return `${prefix}:${actions[`${service} ${operation}`] ?? operation}`;
}
