/** What a queue is declared with. */
import * as z from "zod";
import type { Problem } from "../../core/define.ts";
import { handleOr, orRef } from "../../core/input.ts";
import type { Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { policyArgument } from "../policy.ts";
import { tagsArgument } from "../tags.ts";

const queueArn = z
  .string()
  .regex(/^arn:[^:]+:sqs:[^:]+:\d{12}:[\w.-]+$/u, "must be a queue's ARN, or the queue itself");

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
    .max(80)
    .regex(/^[\w-]+(?:\.fifo)?$/u, "must be 1 to 80 letters, digits, - and _"),
  /**
   * How long a new message stays hidden: 0 to 900. Default 0.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, DelaySeconds
   */
  delaySeconds: orRef(z.int().min(0).max(900)).default(0),
  /**
   * The biggest message taken: 1,024 to 1,048,576. Default 1,048,576.
   *
   * @unit bytes
   * @source SQS API, CreateQueue, MaximumMessageSize
   */
  maximumMessageSize: orRef(z.int().min(1_024).max(1_048_576)).default(1_048_576),
  /**
   * How long a message is kept: 60 to 1,209,600 (14 days). Default 345,600 (4 days).
   *
   * @unit seconds
   * @source SQS API, CreateQueue, MessageRetentionPeriod
   */
  messageRetentionPeriod: orRef(z.int().min(60).max(1_209_600)).default(345_600),
  /**
   * How long a receive waits for a message: 0 to 20. Default 0.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, ReceiveMessageWaitTimeSeconds
   */
  receiveMessageWaitTimeSeconds: orRef(z.int().min(0).max(20)).default(0),
  /**
   * How long a received message is hidden from others: 0 to 43,200 (12 hours). Default 30.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, VisibilityTimeout
   */
  visibilityTimeout: orRef(z.int().min(0).max(43_200)).default(30),
  /**
   * First in, first out, each message once. Can't be changed later. Default false.
   *
   * @source SQS API, CreateQueue, FifoQueue
   */
  fifo: z.boolean().default(false),
  /**
   * FIFO only: messages of equal content are duplicates. Default false.
   *
   * @source SQS API, CreateQueue, ContentBasedDeduplication
   */
  contentBasedDeduplication: orRef(z.boolean()).optional(),
  /**
   * FIFO only: where duplicates are looked for. Default `queue`.
   *
   * @source SQS API, CreateQueue, DeduplicationScope
   */
  deduplicationScope: orRef(z.enum(["queue", "messageGroup"])).optional(),
  /**
   * FIFO only: what the throughput quota is counted for; `perMessageGroupId` needs
   * `deduplicationScope: "messageGroup"`. Default `perQueue`.
   *
   * @source SQS API, CreateQueue, FifoThroughputLimit
   */
  fifoThroughputLimit: orRef(z.enum(["perQueue", "perMessageGroupId"])).optional(),
  /**
   * The KMS key that encrypts messages: its ID, ARN or alias. Default: SQS's own keys.
   *
   * @source SQS API, CreateQueue, KmsMasterKeyId
   */
  kmsMasterKeyId: orRef(z.string().min(1).max(2_048)).optional(),
  /**
   * How long a data key from KMS is used again: 60 to 86,400. Default 300. Needs `kmsMasterKeyId`.
   *
   * @unit seconds
   * @source SQS API, CreateQueue, KmsDataKeyReusePeriodSeconds
   */
  kmsDataKeyReusePeriodSeconds: orRef(z.int().min(60).max(86_400)).optional(),
  /**
   * Encryption by SQS's own keys. Default true, unless there is a `kmsMasterKeyId`.
   *
   * @source SQS API, CreateQueue, SqsManagedSseEnabled
   */
  sqsManagedSse: orRef(z.boolean()).optional(),
  /**
   * Where a message goes that was received too often. Default: nowhere.
   *
   * @source SQS API, CreateQueue, RedrivePolicy
   */
  redrive: orRef(
    strictObject({
      /** The queue it goes to, or its ARN: FIFO exactly if this one is. */
      deadLetterQueue: queueOrArn,
      /** How often it may be received before: 1 to 1,000. Default 10. */
      maxReceiveCount: orRef(z.int().min(1).max(1_000)).default(10),
    }),
  ).optional(),
  /**
   * Which queues may use this one as their dead-letter queue. Default: all of this account and
   * region.
   *
   * @source SQS API, CreateQueue, RedriveAllowPolicy
   */
  redriveAllow: orRef(
    strictObject({
      /** `byQueue` allows `sourceQueues` alone. */
      permission: orRef(z.enum(["allowAll", "denyAll", "byQueue"])),
      /** Up to 10 queues, or their ARNs. */
      sourceQueues: z.array(queueOrArn).min(1).max(10).optional(),
    }),
  ).optional(),
  /**
   * Who may do what with the queue. Default: none, so that only this account may.
   *
   * @source SQS API, CreateQueue, Policy
   */
  policy: policyArgument.optional(),
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
