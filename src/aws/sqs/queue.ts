/** An SQS queue. */
import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import { canonical } from "../../core/canonical.ts";
import { defineResource } from "../../core/define.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { ownedByTag, tagsField } from "../tags.ts";
import { despite, until, waits } from "../wait.ts";
import { queueArguments, queueChecks } from "./queue-arguments.ts";
import type { QueueWant } from "./queue-arguments.ts";
import { noSuchQueue, readQueues } from "./queues-read.ts";
import { queueSettings } from "./queue-settings.ts";
import type { QueueHave } from "./queue-settings.ts";
import { TouchdownError } from "../../errors.ts";

export const queue = defineResource({
  type: "aws.sqs.queue",
  noun: "queue",
  schema: queueArguments,
  key: ["name"],
  checks: queueChecks,
  read: (context: AwsContext, { name }) => unlessMissing(noSuchQueue, () => read(context, name)),
  readAll: readQueues,
  create: async ({ client, runtime }, { name, fifo, tags }) => {
    const sqs = await client("sqs");
    const given = {
      ...(fifo ? { Attributes: { FifoQueue: "true" } } : {}),
      ...(Object.keys(tags).length > 0 ? { tags: { ...tags } } : {}),
    };
    await despite(runtime, ["queueDeletedRecently"], `queue ${name}`, () =>
      sqs.createQueue({ QueueName: name, ...given }),
    );
  },
  aspects: {
    settings: {
      fields: {
        fifo: {
          want: ({ fifo }) => fifo,
          have: ({ attributes }: QueueHave) => attributes["FifoQueue"] === "true",
          immutable: true,
        },
        ...fieldsOfSettings(),
      },
      apply: async (context, { want, have, fields }) => {
        const sqs = await context.client("sqs");
        const settings = settingsNamed(fields);
        const attributes: Partial<Record<QueueAttributeName, string>> = Object.fromEntries(
          settings.map(({ attribute, text }) => [attribute, text(want)]),
        );
        await despite(context.runtime, ["queuePrincipalNew"], `queue ${want.name}`, () =>
          sqs.setQueueAttributes({ QueueUrl: have.url, Attributes: attributes }),
        );
        await settle(context, want, fields);
      },
    },
    tags: {
      fields: { tags: tagsField<QueueWant, QueueHave>() },
      apply: async ({ client }, { want, have }) => {
        await (await client("sqs")).tagQueue({ QueueUrl: have.url, Tags: { ...want.tags } });
      },
    },
  },
  delete: async ({ client, runtime }, { name, url }) => {
    const sqs = await client("sqs");
    await unlessMissing(noSuchQueue, () => sqs.deleteQueue({ QueueUrl: url }));
    const isGone = async () => {
      const found = await unlessMissing(noSuchQueue, () => sqs.getQueueUrl({ QueueName: name }));
      return found === undefined ? true : undefined;
    };
    // Until then a read still finds it, and the next run would build on it.
    await until(runtime, `queue ${name} to be gone`, isGone, waits.queueGone);
  },
  ownership: ownedByTag,
  data: { held: messagesIn },
  properties: {
    /** Its address: what the SDKs call a queue by. */
    QueueUrl: ({ url }) => url,
    QueueArn: ({ attributes }) => attributes["QueueArn"] ?? "",
    QueueName: ({ name }) => name,
  },
});

async function read({ client }: AwsContext, name: string): Promise<QueueHave> {
  const sqs = await client("sqs");
  const { QueueUrl: url = "" } = await sqs.getQueueUrl({ QueueName: name });
  const [{ Attributes: attributes = {} }, { Tags: tags = {} }] = await Promise.all([
    sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["All"] }),
    sqs.listQueueTags({ QueueUrl: url }),
  ]);
  return { name, url, attributes, tags };
}

function fieldsOfSettings() {
  return Object.fromEntries(
    Object.entries(queueSettings).map(([name, { field }]) => [name, field]),
  );
}

function settingsNamed(names: ReadonlySet<string>) {
  return Object.entries(queueSettings)
    .filter(([name]) => names.has(name))
    .map(([, setting]) => setting);
}

/**
 * Attributes take up to a minute to reach all of SQS: wait until they can be read.
 *
 * @throws CHANGED_ELSEWHERE
 */
async function settle(
  context: AwsContext,
  want: QueueWant,
  fields: ReadonlySet<string>,
): Promise<void> {
  const shows = async () => {
    const have = await read(context, want.name);
    const done = settingsNamed(fields).every(
      ({ field }) => canonical(field.want(want)) === canonical(field.have(have)),
    );
    return done ? true : undefined;
  };
  await until(
    context.runtime,
    `queue ${want.name} to show its settings`,
    shows,
    waits.queueSettled,
  ).catch((error: unknown) => {
    throw error instanceof TouchdownError && error.code === "WAIT_TIMEOUT"
      ? changedElsewhere(want.name, error)
      : error;
  });
}

/** SQS has no revisions: that it shows others than ours, and for longer than it needs, is all there is to see. */
function changedElsewhere(name: string, cause: unknown): TouchdownError {
  const seconds = waits.queueSettled.atMostMs / 1_000;
  return new TouchdownError(
    "CHANGED_ELSEWHERE",
    `queue ${name} does not have the settings that this run gave it ${seconds} s ago: someone else gave it others`,
    { hint: "run the same command again: it starts from what they made of it", cause },
  );
}

/** As SQS counts them, which is approximate: for up to a minute it may not see the newest. */
function messagesIn({ attributes }: QueueHave): string | undefined {
  const counts = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
  ];
  const count = counts.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0);
  return count === 0 ? undefined : `${count} ${count === 1 ? "message" : "messages"}`;
}
