/** SQS as its documentation says it is, with switches for what it may do and seldom does. */
import type { QueueAttributeName, SQS } from "@aws-sdk/client-sqs";
import type { Clock } from "../../../src/core/runtime.ts";
import { fakeAccountId, fakeRegion, page, Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

type Attributes = Partial<Record<QueueAttributeName, string>>;

interface Queue {
  readonly name: string;
  attributes: Attributes;
  /** What reads still give, until `staleUntil`. */
  stale: Attributes;
  staleUntil: number;
  readonly tags: Map<string, string>;
  /** When it was deleted; it may be seen a while longer. */
  deletedAt: number | undefined;
}

interface Switches {
  /** How long reads give the attributes from before a change. At most 60,000. */
  readonly staleMs?: number;
  /** How long a deleted queue is still found. At most 60,000. */
  readonly lingerMs?: number;
}

const ranges: Readonly<Partial<Record<QueueAttributeName, readonly [number, number]>>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const fifoOnly: readonly string[] = [
  "FifoQueue",
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoThroughputLimit",
];

const others: readonly string[] = [
  "Policy",
  "RedrivePolicy",
  "RedriveAllowPolicy",
  "KmsMasterKeyId",
  "SqsManagedSseEnabled",
];

/** @source SQS API reference; SQS developer guide, quotas */
export type FakeSqs = FakeOf<SQS> & { readonly queues: ReadonlyMap<string, Queue> };

export function fakeSqs(clock: Clock, switches: Switches = {}): FakeSqs {
  const { staleMs = 0, lingerMs = 0 } = switches;
  const queues = new Map<string, Queue>();
  const seen = (name: string | undefined): Queue => {
    const queue = queues.get(name ?? "");
    const { deletedAt } = queue ?? {};
    if (queue === undefined || (deletedAt !== undefined && clock.now() >= deletedAt + lingerMs)) {
      throw new Refusal("QueueDoesNotExist", "The specified queue does not exist.");
    }
    return queue;
  };
  const byUrl = (url: string | undefined): Queue => seen(url?.split("/").at(-1));
  return {
    queues,
    createQueue: async ({ QueueName: name = "", Attributes: given = {}, tags = {} }) => {
      const there = queues.get(name);
      if (there?.deletedAt !== undefined && clock.now() < there.deletedAt + 60_000) {
        throw new Refusal(
          "QueueDeletedRecently",
          "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
        );
      }
      if (there !== undefined && there.deletedAt === undefined) {
        refuseOtherAttributes(there, given);
        return { QueueUrl: urlOf(name) };
      }
      if (!/^[\w-]{1,80}$|^(?=.{1,80}$)[\w-]+\.fifo$/u.test(name)) {
        throw new Refusal("InvalidParameterValue", "Can only include alphanumeric characters, …");
      }
      const queue = newQueue(name, given);
      queue.attributes = changed(queue, given);
      for (const [key, value] of Object.entries(tags)) queue.tags.set(key, value);
      queues.set(name, queue);
      return { QueueUrl: urlOf(name) };
    },
    listQueues: async ({ QueueNamePrefix = "", NextToken, MaxResults = 1_000 }) => {
      const there = [...queues.values()].filter(({ deletedAt }) => deletedAt === undefined);
      const found = there.filter(({ name }) => name.startsWith(QueueNamePrefix));
      const { items, next } = page(found, NextToken, Math.min(MaxResults, 4));
      const QueueUrls = items.map(({ name }) => urlOf(name));
      return { QueueUrls, ...(next === undefined ? {} : { NextToken: next }) };
    },
    getQueueUrl: async ({ QueueName }) => ({ QueueUrl: urlOf(seen(QueueName).name) }),
    getQueueAttributes: async ({ QueueUrl, AttributeNames }) => {
      const queue = byUrl(QueueUrl);
      if (AttributeNames?.join() !== "All")
        throw new Error("the fake gives all attributes or none");
      return { Attributes: clock.now() < queue.staleUntil ? queue.stale : queue.attributes };
    },
    setQueueAttributes: async ({ QueueUrl, Attributes: given = {} }) => {
      const queue = byUrl(QueueUrl);
      if (given.FifoQueue !== undefined) refuseValue("FifoQueue", given.FifoQueue);
      const attributes = changed(queue, given);
      queue.stale = queue.attributes;
      queue.staleUntil = clock.now() + staleMs;
      queue.attributes = attributes;
      return {};
    },
    listQueueTags: async ({ QueueUrl }) => {
      const { tags } = byUrl(QueueUrl);
      return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
    },
    tagQueue: async ({ QueueUrl, Tags = {} }) => {
      const { tags } = byUrl(QueueUrl);
      for (const [key, value] of Object.entries(Tags)) tags.set(key, value);
      return {};
    },
    sendMessage: async ({ QueueUrl }) => {
      const queue = byUrl(QueueUrl);
      const before = Number(queue.attributes.ApproximateNumberOfMessages ?? 0);
      queue.attributes = { ...queue.attributes, ApproximateNumberOfMessages: `${before + 1}` };
      return {};
    },
    deleteQueue: async ({ QueueUrl }) => {
      const queue = byUrl(QueueUrl);
      queue.deletedAt ??= clock.now();
      return {};
    },
  };
}

function newQueue(name: string, { FifoQueue }: Attributes): Queue {
  if ((FifoQueue === "true") !== name.endsWith(".fifo")) {
    throw new Refusal("InvalidParameterValue", "The queue name must end in .fifo, and only then");
  }
  const attributes: Attributes = {
    QueueArn: `arn:aws:sqs:${fakeRegion}:${fakeAccountId}:${name}`,
    DelaySeconds: "0",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    ReceiveMessageWaitTimeSeconds: "0",
    VisibilityTimeout: "30",
    SqsManagedSseEnabled: "true",
    ...(FifoQueue === "true" && {
      FifoQueue,
      ContentBasedDeduplication: "false",
      DeduplicationScope: "queue",
      FifoThroughputLimit: "perQueue",
    }),
  };
  return { name, attributes, stale: {}, staleUntil: 0, tags: new Map(), deletedAt: undefined };
}

/** The attributes with those given put in, as AWS keeps them. */
function changed(queue: Queue, given: Attributes): Attributes {
  const after: Record<string, string> = { ...queue.attributes };
  for (const [name, value] of Object.entries(given)) {
    refuseUnlessValid(queue, name, value);
    if (value === "") delete after[name];
    else after[name] = name === "Policy" ? rewrittenPolicy(value) : value;
  }
  // SSE-SQS and SSE-KMS exclude each other; a key switches the other off.
  if (after["KmsMasterKeyId"] === undefined) delete after["KmsDataKeyReusePeriodSeconds"];
  else {
    if (given.SqsManagedSseEnabled === "true") refuseValue("SqsManagedSseEnabled", "true");
    after["SqsManagedSseEnabled"] = "false";
    after["KmsDataKeyReusePeriodSeconds"] ??= "300";
  }
  const { FifoThroughputLimit: limit, DeduplicationScope: scope } = after as Attributes;
  if (limit === "perMessageGroupId" && scope !== "messageGroup") {
    refuseValue("FifoThroughputLimit", limit);
  }
  return after;
}

function refuseUnlessValid({ name: queue }: Queue, name: string, value: string): void {
  const range = ranges[name as QueueAttributeName];
  const fifo = fifoOnly.includes(name);
  if (range === undefined && !fifo && !others.includes(name)) {
    throw new Refusal("InvalidAttributeName", `Unknown Attribute ${name}.`);
  }
  if (fifo && !queue.endsWith(".fifo")) {
    throw new Refusal("InvalidAttributeName", `Unknown Attribute ${name}.`);
  }
  if (range !== undefined && !(Number(value) >= range[0] && Number(value) <= range[1])) {
    refuseValue(name, value);
  }
  if (name === "RedrivePolicy" && value !== "") refuseRedrive(queue, value);
}

function refuseRedrive(queue: string, value: string): void {
  const { deadLetterTargetArn } = JSON.parse(value) as { deadLetterTargetArn: string };
  if (deadLetterTargetArn.endsWith(".fifo") !== queue.endsWith(".fifo")) {
    refuseValue("RedrivePolicy", value);
  }
}

/** What AWS makes of a policy: single values for lists of one, an account's root for the account. */
function rewrittenPolicy(policy: string): string {
  return JSON.stringify(JSON.parse(policy), (key: string, value: unknown) => {
    if (key === "AWS" && typeof value === "string" && /^\d{12}$/u.test(value)) {
      return `arn:aws:iam::${value}:root`;
    }
    return Array.isArray(value) && value.length === 1 && key !== "Statement" ? value[0] : value;
  });
}

function refuseOtherAttributes({ attributes }: Queue, given: Attributes): void {
  const has: Readonly<Record<string, string>> = attributes;
  const other = Object.entries(given).find(([name, value]) => has[name] !== value);
  if (other === undefined) return;
  throw new Refusal(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for attribute ${other[0]}`,
  );
}

function refuseValue(name: string, value: string): never {
  const shown = name === "Policy" ? "" : ` ${value}`;
  throw new Refusal("InvalidAttributeValue", `Invalid value${shown} for the parameter ${name}.`);
}

function urlOf(name: string): string {
  return `https://sqs.${fakeRegion}.amazonaws.com/${fakeAccountId}/${name}`;
}
