/**
 * Many queues at once: the addresses of a thousand from ListQueues and the tags of a hundred from GetResources. The
 * attributes take a call each, for those that are there.
 */
import type { Owned } from "../../core/owned.ts";
import type { AwsContext } from "../context.ts";
import { commonPrefix, findInList, ifAllowed } from "../listed.ts";
import { unlessMissing } from "../aws-error.ts";
import { hasTags, tagsOfDeclared } from "../tagged.ts";
import type { Tags } from "../tags.ts";
import type { QueueHave } from "./queue-settings.ts";

interface Want {
  readonly name: string;
  readonly tags?: Tags;
}

/** The name in AWS's JSON protocol, and the one in its query protocol. */
export const noSuchQueue = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

export const readQueues = {
  from: 2,
  fromOwned: 1,
  read: async (context: AwsContext, wants: readonly Want[], owned?: Owned) => {
    const names = new Set(wants.map(({ name }) => name));
    const read = await ifAllowed(context, { what: "queues", count: names.size }, () => {
      const listed = listQueues(context, names);
      const tags = tagsOfDeclared(context, { types: ["sqs"], wants, owned, listed });
      return Promise.all([listed, tags]);
    });
    if (read === undefined) return () => undefined;
    const [listed, tags] = read;
    const sqs = await context.client("sqs");
    return async (want: Want): Promise<{ have: QueueHave | undefined } | undefined> => {
      const { name } = want;
      const url = listed.items.get(name);
      // a list may be late in showing a queue that was just made
      if (url === undefined) return undefined;
      const found = await unlessMissing(noSuchQueue, () =>
        sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["All"] }),
      );
      if (found === undefined) return undefined;
      const { Attributes: attributes = {} } = found;
      const known =
        tags === undefined || !hasTags(want) ? {} : tags.get(attributes["QueueArn"] ?? "");
      return known === undefined ? undefined : { have: { name, url, attributes, tags: known } };
    };
  },
};

async function listQueues(context: AwsContext, names: ReadonlySet<string>) {
  const sqs = await context.client("sqs");
  const prefix = commonPrefix([...names]);
  return findInList(
    names,
    (url: string) => url.slice(url.lastIndexOf("/") + 1),
    async (NextToken?: string) => {
      const page = await sqs.listQueues({
        MaxResults: 1_000,
        ...(prefix === "" ? {} : { QueueNamePrefix: prefix }),
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: page.QueueUrls, next: page.NextToken };
    },
    callsEach,
  );
}

/** GetQueueUrl and ListQueueTags, beside the attributes. */
const callsEach = 2;
