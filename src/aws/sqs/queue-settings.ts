/** A queue's arguments and AWS's attributes, which are all text: one line a pair. */
import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import type { Field } from "../../core/define.ts";
import { policyField, policyJson } from "../policy.ts";
import type { Tags } from "../tags.ts";
import type { QueueWant } from "./queue-arguments.ts";

export interface QueueHave {
  readonly name: string;
  readonly url: string;
  readonly attributes: Readonly<Partial<Record<string, string>>>;
  readonly tags: Tags;
}

interface Setting {
  readonly attribute: QueueAttributeName;
  /** Both sides in one form, so that equal values mean the same. */
  readonly field: Field<QueueWant, QueueHave>;
  /** As AWS takes it; an empty text removes it. */
  readonly text: (want: QueueWant) => string;
}

export const queueSettings = {
  delaySeconds: number("DelaySeconds", (want) => want.delaySeconds),
  maximumMessageSize: number("MaximumMessageSize", (want) => want.maximumMessageSize),
  messageRetentionPeriod: number("MessageRetentionPeriod", (want) => want.messageRetentionPeriod),
  receiveMessageWaitTimeSeconds: number(
    "ReceiveMessageWaitTimeSeconds",
    (want) => want.receiveMessageWaitTimeSeconds,
  ),
  visibilityTimeout: number("VisibilityTimeout", (want) => want.visibilityTimeout),
  contentBasedDeduplication: flag("ContentBasedDeduplication", (want) =>
    want.fifo ? (want.contentBasedDeduplication ?? false) : undefined,
  ),
  deduplicationScope: text("DeduplicationScope", (want) =>
    want.fifo ? (want.deduplicationScope ?? "queue") : undefined,
  ),
  fifoThroughputLimit: text("FifoThroughputLimit", (want) =>
    want.fifo ? (want.fifoThroughputLimit ?? "perQueue") : undefined,
  ),
  kmsMasterKeyId: text("KmsMasterKeyId", (want) => want.kmsMasterKeyId ?? ""),
  kmsDataKeyReusePeriodSeconds: number("KmsDataKeyReusePeriodSeconds", (want) =>
    want.kmsMasterKeyId === undefined ? undefined : (want.kmsDataKeyReusePeriodSeconds ?? 300),
  ),
  sqsManagedSse: flag(
    "SqsManagedSseEnabled",
    (want) => want.sqsManagedSse ?? want.kmsMasterKeyId === undefined,
  ),
  redrive: {
    attribute: "RedrivePolicy",
    field: {
      want: ({ redrive }) => ({ ...redrive }),
      have: ({ attributes }) => redriveOf(attributes["RedrivePolicy"]),
    },
    text: ({ redrive }) =>
      redrive === undefined
        ? ""
        : JSON.stringify({
            deadLetterTargetArn: redrive.deadLetterQueue,
            maxReceiveCount: redrive.maxReceiveCount,
          }),
  },
  redriveAllow: {
    attribute: "RedriveAllowPolicy",
    field: {
      want: ({ redriveAllow }) => allowOf(redriveAllow?.permission, redriveAllow?.sourceQueues),
      have: ({ attributes }) => {
        const { redrivePermission, sourceQueueArns } = parsed(attributes["RedriveAllowPolicy"]);
        return allowOf(redrivePermission, sourceQueueArns);
      },
    },
    text: ({ redriveAllow = { permission: "allowAll" } }) =>
      JSON.stringify({
        redrivePermission: redriveAllow.permission,
        sourceQueueArns: redriveAllow.sourceQueues,
      }),
  },
  policy: {
    attribute: "Policy",
    field: policyField({
      want: ({ policy }) => policy,
      have: ({ attributes }) => attributes["Policy"],
    }),
    text: ({ policy }) => (policy === undefined ? "" : policyJson(policy)),
  },
} as const satisfies Record<string, Setting>;

function number(
  attribute: QueueAttributeName,
  pick: (want: QueueWant) => number | undefined,
): Setting {
  const have = (text: string | undefined): unknown => (text === undefined ? text : Number(text));
  return plain(attribute, pick, have);
}

function flag(
  attribute: QueueAttributeName,
  pick: (want: QueueWant) => boolean | undefined,
): Setting {
  const have = (text: string | undefined): unknown => (text === undefined ? text : text === "true");
  return plain(attribute, pick, have);
}

function text(
  attribute: QueueAttributeName,
  pick: (want: QueueWant) => string | undefined,
): Setting {
  return plain(attribute, pick, (given) => given ?? "");
}

function plain(
  attribute: QueueAttributeName,
  pick: (want: QueueWant) => string | number | boolean | undefined,
  have: (text: string | undefined) => unknown,
): Setting {
  return {
    attribute,
    field: {
      want: pick,
      have: ({ attributes }) => have(attributes[attribute]),
      show: (value) => (value === "" ? "none" : String(value)),
    },
    text: (want) => String(pick(want) ?? ""),
  };
}

/** AWS gives the count back as a number or as text, whichever it was given. */
function redriveOf(policy: string | undefined): object {
  const { deadLetterTargetArn, maxReceiveCount } = parsed(policy);
  return deadLetterTargetArn === undefined
    ? {}
    : { deadLetterQueue: deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
}

function allowOf(permission: unknown = "allowAll", sources: unknown): object {
  return {
    permission,
    ...(Array.isArray(sources) ? { sourceQueues: sources.map(String).toSorted() } : {}),
  };
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  const value: unknown = text === undefined || text === "" ? {} : JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}
