import { expect } from "vitest";
import { lambdaFunction } from "../../src/aws/lambda/function.ts";
import { python } from "../../src/aws/lambda/inline-code.ts";
import { queue } from "../../src/aws/sqs/queue.ts";
import { contract } from "./contract.ts";
import { fakeLambda } from "./fake/lambda.ts";
import { fakeSqs } from "./fake/sqs.ts";

const role = "arn:aws:iam::123456789012:role/myrole";
const published = "publish a new version";

contract(lambdaFunction, {
  fakes: (clock) => ({ lambda: fakeLambda(clock).client, sqs: fakeSqs(clock) }),
  least: (world) => ({
    name: world.name,
    role,
    handler: "main.first",
    code: python`
      def first(event, context):
          return "first"

      def second(event, context):
          return "second"
    `,
  }),
  properties: (world) => ({
    FunctionArn: `arn:aws:lambda:${world.region}:${world.accountId}:function:${world.name}`,
    FunctionName: world.name,
    CodeSha256: "WWTxZJ0JfWApqzDLcUyI2+fna2n20iFAVzGiESbHQN8=",
    CodeSize: 169,
    Version: "1",
    LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+0000$/u),
    RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/u),
    Role: role,
    Runtime: "python3.13",
    Handler: "main.first",
  }),
  aspects: {
    code: {
      args: { code: python`first = second = lambda event, context: "other"` },
      plan: [/^upload code: sha256 [0-9a-f]{4}… → [0-9a-f]{4}…, 0\.2 KB$/u, published],
      back: [/^upload code: sha256 [0-9a-f]{4}… → [0-9a-f]{4}…, 0\.2 KB$/u, published],
    },
    architectures: {
      args: { architectures: ["arm64"] },
      plan: ['architectures: ["x86_64"] → ["arm64"]', published],
    },
    description: {
      args: { description: "What it does" },
      plan: ['description: "" → What it does', published],
    },
    role: {
      args: { role: "arn:aws:iam::123456789012:role/service/other" },
      plan: [`role: ${role} → arn:aws:iam::123456789012:role/service/other`, published],
    },
    handler: {
      args: { handler: "main.second" },
      plan: ["handler: main.first → main.second", published],
    },
    runtime: {
      args: { runtime: "python3.14" },
      plan: ["runtime: python3.13 → python3.14", published],
    },
    "timeout and memory": {
      args: { timeout: 30, memory: 1024 },
      plan: ["timeout: 3 → 30", "memory: 128 → 1024", published],
    },
    environment: {
      args: { environment: { SECRET_A: "one", SECRET_B: "two" } },
      plan: ["environment.SECRET_A: added", "environment.SECRET_B: added", published],
      back: ["environment.SECRET_A: removed", "environment.SECRET_B: removed", published],
    },
    "an environment variable": {
      from: { environment: { A1: "old", B1: "same" } },
      args: { environment: { A1: "new", B1: "same" } },
      plan: ["environment.A1: changed", published],
    },
    ephemeralStorage: {
      args: { ephemeralStorage: 1024 },
      plan: ["ephemeralStorage: 512 → 1024", published],
    },
    vpc: {
      args: { vpc: { subnetIds: ["subnet-2", "subnet-1"], securityGroupIds: ["sg-1"] } },
      plan: [
        'vpc.securityGroupIds: [] → ["sg-1"]',
        'vpc.subnetIds: [] → ["subnet-1","subnet-2"]',
        published,
      ],
    },
    deadLetter: {
      args: (world) => ({ deadLetter: world.add(queue, { name: `${world.name}-dead` }) }),
      from: (world) => {
        world.add(queue, { name: `${world.name}-dead` });
        return {};
      },
      plan: (world) => [
        `deadLetter: none → arn:aws:sqs:${world.region}:${world.accountId}:${world.name}-dead`,
        published,
      ],
    },
    tracing: { args: { tracing: "Active" }, plan: ["tracing: PassThrough → Active", published] },
    kmsKey: {
      args: { kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/1" },
      plan: ["kmsKey: none → arn:aws:kms:eu-west-1:123456789012:key/1", published],
    },
    fileSystem: {
      args: {
        fileSystem: {
          arn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1",
          mountPath: "/mnt/data",
        },
      },
      plan: [
        /^fileSystem\.arn: none → arn:aws:elasticfilesystem:/u,
        "fileSystem.mountPath: none → /mnt/data",
        published,
      ],
      back: [/^fileSystem\.arn: .* → none$/u, "fileSystem.mountPath: /mnt/data → none", published],
      alone: true,
    },
    layers: {
      args: { layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"] },
      plan: ['layers: [] → ["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"]', published],
      alone: true,
    },
    snapStart: {
      args: { snapStart: "PublishedVersions" },
      plan: ["snapStart: None → PublishedVersions", published],
      alone: true,
    },
    logging: {
      args: { logging: { format: "JSON", applicationLevel: "WARN", group: "/my/group" } },
      plan: (world) => [
        "logging.applicationLevel: WARN",
        "logging.format: Text → JSON",
        `logging.group: /aws/lambda/${world.name} → /my/group`,
        "logging.systemLevel: INFO",
        published,
      ],
    },
    reservedConcurrency: {
      args: { reservedConcurrency: 2 },
      plan: ["reservedConcurrency: none → 2"],
    },
    "reservedConcurrency 0": {
      args: { reservedConcurrency: 0 },
      plan: ["reservedConcurrency: none → 0"],
      alone: true,
    },
    tags: {
      args: { tags: { team: "media" } },
      plan: ["tags.team: media"],
      back: [],
    },
  },
});
