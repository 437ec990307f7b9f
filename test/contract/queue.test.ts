import { expect, test } from "vitest";
import { queue } from "../../src/aws/sqs/queue.ts";
import { contract } from "./contract.ts";
import { fakeSqs } from "./fake/sqs.ts";
import { World } from "./world.ts";

const arnOf = (world: World, name: string): string =>
  `arn:aws:sqs:${world.region}:${world.accountId}:${name}`;

const propertiesOf = (world: World, name: string) => ({
  QueueUrl: expect.stringMatching(`^https?://.*/${world.accountId}/${name}$`) as string,
  QueueArn: arnOf(world, name),
  QueueName: name,
});

contract(queue, {
  fakes: (clock) => ({ sqs: fakeSqs(clock, { staleMs: 20_000, lingerMs: 30_000 }) }),
  least: ({ name }) => ({ name }),
  properties: (world) => propertiesOf(world, world.name),
  aspects: {
    delaySeconds: { args: { delaySeconds: 5 }, plan: ["delaySeconds: 0 → 5"] },
    maximumMessageSize: {
      args: { maximumMessageSize: 2_048 },
      plan: ["maximumMessageSize: 1048576 → 2048"],
    },
    messageRetentionPeriod: {
      args: { messageRetentionPeriod: 60 },
      plan: ["messageRetentionPeriod: 345600 → 60"],
    },
    receiveMessageWaitTimeSeconds: {
      args: { receiveMessageWaitTimeSeconds: 20 },
      plan: ["receiveMessageWaitTimeSeconds: 0 → 20"],
    },
    visibilityTimeout: { args: { visibilityTimeout: 0 }, plan: ["visibilityTimeout: 30 → 0"] },
    kmsMasterKeyId: {
      args: { kmsMasterKeyId: "alias/aws/sqs", kmsDataKeyReusePeriodSeconds: 60 },
      plan: [
        "kmsMasterKeyId: none → alias/aws/sqs",
        /^kmsDataKeyReusePeriodSeconds: (300 → )?60$/u,
        "sqsManagedSse: true → false",
      ],
      back: ["kmsMasterKeyId: alias/aws/sqs → none", "sqsManagedSse: false → true"],
    },
    sqsManagedSse: {
      args: { sqsManagedSse: false },
      plan: ["sqsManagedSse: true → false"],
      alone: true,
    },
    redrive: {
      args: (world) => ({
        redrive: { deadLetterQueue: world.add(queue, { name: `${world.name}-dead` }) },
      }),
      from: (world) => {
        world.add(queue, { name: `${world.name}-dead` });
        return {};
      },
      plan: (world) => [
        `redrive.deadLetterQueue: ${arnOf(world, `${world.name}-dead`)}`,
        "redrive.maxReceiveCount: 10",
      ],
    },
    redriveAllow: {
      args: (world) => ({
        redriveAllow: {
          permission: "byQueue",
          sourceQueues: [arnOf(world, "a"), arnOf(world, "b")],
        },
      }),
      plan: [/^redriveAllow.permission: allowAll → byQueue$/u, /^redriveAllow.sourceQueues: /u],
      back: ["redriveAllow.permission: byQueue → allowAll", /sourceQueues: .* removed$/u],
    },
    policy: {
      args: (world) => ({
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { AWS: [world.accountId] },
              Action: ["sqs:SendMessage"],
              Resource: arnOf(world, world.name),
            },
          ],
        },
      }),
      plan: [/^policy.Statement: .*sqs:sendmessage/u, "policy.Version: 2012-10-17"],
      back: [/^policy.Statement: .* removed$/u, "policy.Version: 2012-10-17 removed"],
    },
    tags: { args: { tags: { team: "media" } }, plan: ["tags.team: media"], back: [] },
  },
});

contract(queue, {
  title: "FIFO queue",
  fakes: (clock) => ({ sqs: fakeSqs(clock) }),
  least: ({ name }) => ({ name: `${name}.fifo`, fifo: true }),
  properties: (world) => propertiesOf(world, `${world.name}.fifo`),
  aspects: {
    contentBasedDeduplication: {
      args: { contentBasedDeduplication: true },
      plan: ["contentBasedDeduplication: false → true"],
    },
    "high throughput": {
      args: { deduplicationScope: "messageGroup", fifoThroughputLimit: "perMessageGroupId" },
      plan: [
        "deduplicationScope: queue → messageGroup",
        "fifoThroughputLimit: perQueue → perMessageGroupId",
      ],
    },
  },
});

test("a policy is sent as it was declared, not in the form in which it is compared", async () => {
  let sqs: ReturnType<typeof fakeSqs> | undefined;
  const world = World.fake((clock) => ({ sqs: (sqs = fakeSqs(clock)) }));
  const policy = {
    Version: "2012-10-17" as const,
    Statement: [
      {
        Effect: "Allow" as const,
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: "*",
        Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:topic" } },
      },
    ],
  };
  await world.apply(() => world.add(queue, { name: "q", policy }));
  const { QueueUrl } = (await sqs?.getQueueUrl?.({ QueueName: "q" })) ?? {};
  await world.clock.sleep(60_000);
  const found = await sqs?.getQueueAttributes?.({ QueueUrl, AttributeNames: ["All"] });
  expect(JSON.parse(found?.Attributes?.Policy ?? "")).toEqual(policy);
});

test("settings that somebody else sets over ours are said to be theirs", async () => {
  const world = World.fake((clock) => ({ sqs: fakeSqs(clock, { staleMs: 20_000 }) }));
  const { clock } = world;
  await world.apply(() => world.add(queue, { name: world.name }));
  const other = world.elsewhere();
  const sleep = clock.sleep.bind(clock);
  Object.assign(clock, {
    sleep: async (ms: number) => {
      Object.assign(clock, { sleep });
      await other.apply(() => other.add(queue, { name: world.name, visibilityTimeout: 50 }));
      await sleep(ms);
    },
  });
  const ours = world.apply(() => world.add(queue, { name: world.name, visibilityTimeout: 40 }));
  await expect(ours).rejects.toMatchObject({
    code: "CHANGED_ELSEWHERE",
    message: `queue ${world.name} does not have the settings that this run gave it 75 s ago: someone else gave it others`,
  });
});
