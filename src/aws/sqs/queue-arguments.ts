/** What a queue is declared with. */
import * as z from "zod/mini";
import type { Problem } from "../../core/define.ts";
import { handleOr, orRef } from "../../core/input.ts";
import type { Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { policyArgument } from "../policy.ts";
import { tagsArgument } from "../tags.ts";

const queueArn = z
  .string()
  .check(
    z.regex(/^arn:[^:]+:sqs:[^:]+:\d{12}:[\w.-]+$/u, "must be a queue's ARN, or the queue itself"),
  );

const queueOrArn = handleOr<typeof queueArn, { readonly QueueArn: string }>(
  "aws.sqs.queue",
  "QueueArn",
  queueArn,
);

/** @source SQS API, CreateQueue, for all of it */
export const queueArguments = strictObject({
  /**
   * Up to 80 letters, digits, `-` and `_`; a FIFO queue's ends in `.fifo`, which counts too.
   *
   * @source SQS API, CreateQueue, QueueName
   */
  name: z
    .string()
    .check(
      z.maxLength(80),
      z.regex(/^[\w-]+(?:\.fifo)?$/u, "must be 1 to 80 letters, digits, - and _"),
    ),
  /**
   * How long a new message stays hidden: 0 to 900. Default 0.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, DelaySeconds
   */
  delaySeconds: z._default(orRef(z.int().check(z.gte(0), z.lte(900))), 0),
  /**
   * The biggest message taken: 1,024 to 1,048,576. Default 1,048,576.
   *
   * @unit bytes
   * @source SQS API, CreateQueue, MaximumMessageSize
   */
  maximumMessageSize: z._default(orRef(z.int().check(z.gte(1_024), z.lte(1_048_576))), 1_048_576),
  /**
   * How long a message is kept: 60 to 1,209,600 (14 days). Default 345,600 (4 days).
   *
   * @unit seconds
   * @source SQS API, CreateQueue, MessageRetentionPeriod
   */
  messageRetentionPeriod: z._default(orRef(z.int().check(z.gte(60), z.lte(1_209_600))), 345_600),
  /**
   * How long a receive waits for a message: 0 to 20. Default 0.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, ReceiveMessageWaitTimeSeconds
   */
  receiveMessageWaitTimeSeconds: z._default(orRef(z.int().check(z.gte(0), z.lte(20))), 0),
  /**
   * How long a received message is hidden from others: 0 to 43,200 (12 hours). Default 30.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, VisibilityTimeout
   */
  visibilityTimeout: z._default(orRef(z.int().check(z.gte(0), z.lte(43_200))), 30),
  /**
   * First in, first out, each message once. Can't be changed later. Default false.
   *
   * @source SQS API, CreateQueue, FifoQueue
   */
  fifo: z._default(z.boolean(), false),
  /**
   * FIFO only: messages of equal content are duplicates. Default false.
   *
   * @source SQS API, CreateQueue, ContentBasedDeduplication
   */
  contentBasedDeduplication: z.optional(orRef(z.boolean())),
  /**
   * FIFO only: where duplicates are looked for. Default `queue`.
   *
   * @source SQS API, CreateQueue, DeduplicationScope
   */
  deduplicationScope: z.optional(orRef(z.enum(["queue", "messageGroup"]))),
  /**
   * FIFO only: what the throughput quota is counted for; `perMessageGroupId` needs
   * `deduplicationScope: "messageGroup"`. Default `perQueue`.
   *
   * @source SQS API, CreateQueue, FifoThroughputLimit
   */
  fifoThroughputLimit: z.optional(orRef(z.enum(["perQueue", "perMessageGroupId"]))),
  /**
   * The KMS key that encrypts messages: its ID, ARN or alias. Default: SQS's own keys.
   *
   * @source SQS API, CreateQueue, KmsMasterKeyId
   */
  kmsMasterKeyId: z.optional(orRef(z.string().check(z.minLength(1), z.maxLength(2_048)))),
  /**
   * How long a data key from KMS is used again: 60 to 86,400. Default 300. Needs `kmsMasterKeyId`.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, KmsDataKeyReusePeriodSeconds
   */
  kmsDataKeyReusePeriodSeconds: z.optional(orRef(z.int().check(z.gte(60), z.lte(86_400)))),
  /**
   * Encryption by SQS's own keys. Default true, unless there is a `kmsMasterKeyId`.
   *
   * @source SQS API, CreateQueue, SqsManagedSseEnabled
   */
  sqsManagedSse: z.optional(orRef(z.boolean())),
  /**
   * Where a message goes that was received too often. Default: nowhere.
   *
   * @source SQS API, CreateQueue, RedrivePolicy
   */
  redrive: z.optional(
    orRef(
      strictObject({
        /** The queue it goes to, or its ARN: FIFO exactly if this one is. */
        deadLetterQueue: queueOrArn,
        /** How often it may be received before: 1 to 1,000. Default 10. */
        maxReceiveCount: z._default(orRef(z.int().check(z.gte(1), z.lte(1_000))), 10),
      }),
    ),
  ),
  /**
   * Which queues may use this one as their dead-letter queue. Default: all of this account and
   * region.
   *
   * @source SQS API, CreateQueue, RedriveAllowPolicy
   */
  redriveAllow: z.optional(
    orRef(
      strictObject({
        /** `byQueue` allows `sourceQueues` alone. */
        permission: orRef(z.enum(["allowAll", "denyAll", "byQueue"])),
        /** Up to 10 queues, or their ARNs. */
        sourceQueues: z.optional(z.array(queueOrArn).check(z.minLength(1), z.maxLength(10))),
      }),
    ),
  ),
  /**
   * Who may do what with the queue. Default: none, so that only this account may.
   *
   * @source SQS API, CreateQueue, Policy
   */
  policy: z.optional(policyArgument),
  /**
   * Tags. Those that are not declared are left alone, also those that were declared once.
   *
   * @source SQS API, TagQueue
   */
  tags: tagsArgument,
});

export type QueueWant = Resolved<z.output<typeof queueArguments>>;

/** What no single argument can show. Each reads few, so that a ref puts off only its own check. */
export const queueChecks: readonly ((want: QueueWant) => readonly Problem[])[] = [
  ({ name, fifo }) =>
    name.endsWith(".fifo") === fifo
      ? []
      : problem("name", `must end in .fifo exactly if fifo is true, got "${name}"`),
  ...(["contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit"] as const).map(
    (argument) => (want: QueueWant) =>
      want.fifo || want[argument] === undefined ? [] : problem(argument, "needs fifo: true"),
  ),
  ({ fifo, fifoThroughputLimit, deduplicationScope }) =>
    fifo && fifoThroughputLimit === "perMessageGroupId" && deduplicationScope !== "messageGroup"
      ? problem("fifoThroughputLimit", 'needs deduplicationScope: "messageGroup"')
      : [],
  ({ kmsMasterKeyId, sqsManagedSse }) =>
    kmsMasterKeyId !== undefined && sqsManagedSse === true
      ? problem("sqsManagedSse", "can't be true together with kmsMasterKeyId")
      : [],
  ({ kmsMasterKeyId, kmsDataKeyReusePeriodSeconds }) =>
    kmsMasterKeyId === undefined && kmsDataKeyReusePeriodSeconds !== undefined
      ? problem("kmsDataKeyReusePeriodSeconds", "needs kmsMasterKeyId")
      : [],
  ({ fifo, redrive }) =>
    redrive === undefined || redrive.deadLetterQueue.endsWith(".fifo") === fifo
      ? []
      : problem(
          "redrive.deadLetterQueue",
          `must be ${fifo ? "a FIFO" : "a standard"} queue like this one, got "${redrive.deadLetterQueue}"`,
        ),
  ({ redriveAllow }) =>
    redriveAllow === undefined ||
    (redriveAllow.permission === "byQueue") === (redriveAllow.sourceQueues !== undefined)
      ? []
      : problem("redriveAllow.sourceQueues", 'goes with permission: "byQueue", and only with that'),
];

function problem(path: string, message: string): readonly Problem[] {
  return [{ path: path.split("."), message }];
}
