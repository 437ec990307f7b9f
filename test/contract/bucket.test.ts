import { bucket } from "../../src/aws/s3/bucket.ts";
import { contract } from "./contract.ts";
import { fakeS3 } from "./fake/s3.ts";

const denied = (name: string) => ({
  Version: "2012-10-17" as const,
  Statement: [
    {
      Effect: "Deny" as const,
      Principal: "*" as const,
      Action: ["s3:*"],
      Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});

contract(bucket, {
  fakes: () => ({ s3: fakeS3() }),
  least: ({ name }) => ({ name: name.toLowerCase() }),
  properties: ({ name, region }) => ({
    Arn: `arn:aws:s3:::${name.toLowerCase()}`,
    BucketName: name.toLowerCase(),
    RegionalDomainName: `${name.toLowerCase()}.s3.${region}.amazonaws.com`,
  }),
  immutable: { region: { region: "eu-central-1" } },
  aspects: {
    versioning: { args: { versioning: "enabled" }, plan: ["versioning: suspended → enabled"] },
    encryption: {
      args: { encryption: { kmsKey: "alias/aws/s3", bucketKey: true } },
      plan: [
        "encryption.algorithm: AES256 → aws:kms",
        "encryption.bucketKey: false → true",
        "encryption.kmsKey: alias/aws/s3",
      ],
      back: [
        "encryption.algorithm: aws:kms → AES256",
        "encryption.bucketKey: true → false",
        "encryption.kmsKey: alias/aws/s3 removed",
      ],
    },
    publicAccessBlock: {
      args: { publicAccessBlock: { blockPublicPolicy: false } },
      plan: ["publicAccessBlock.blockPublicPolicy: true → false"],
    },
    objectOwnership: {
      args: { objectOwnership: "ObjectWriter" },
      plan: ["objectOwnership: BucketOwnerEnforced → ObjectWriter"],
    },
    lifecycle: {
      args: { lifecycle: [{ id: "old", prefix: "logs/", expirationDays: 30 }] },
      plan: [/^lifecycle\.old: .*"Days":30/u],
      back: [/^lifecycle\.old: .* removed$/u],
    },
    cors: {
      args: { cors: [{ allowedMethods: ["GET"], allowedOrigins: ["https://example.com"] }] },
      plan: [/^cors: \[\] → .*example/u],
      back: [/^cors: .* → \[\]$/u],
    },
    policy: {
      args: ({ name }) => ({ policy: denied(name.toLowerCase()) }),
      plan: [/^policy.Statement: /u, "policy.Version: 2012-10-17"],
      back: [/^policy.Statement: .* removed$/u, "policy.Version: 2012-10-17 removed"],
    },
    tags: { args: { tags: { team: "media" } }, plan: ["tags.team: media"], back: [] },
  },
});
