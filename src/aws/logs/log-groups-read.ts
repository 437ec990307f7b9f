/** Many log groups at once: fifty a call from DescribeLogGroups, the tags of a hundred from GetResources. */
import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import type { Owned } from "../../core/owned.ts";
import type { AwsContext } from "../context.ts";
import { commonPrefix, findInList, ifAllowed } from "../listed.ts";
import { hasTags, tagsOfDeclared } from "../tagged.ts";
import type { Tags } from "../tags.ts";
import { arnOf } from "./log-group-read.ts";
import type { LogGroupState } from "./log-group-read.ts";

interface Want {
  readonly name: string;
  readonly tags?: Tags;
}

export const readLogGroups = {
  from: 2,
  fromOwned: 1,
  read: async (context: AwsContext, wants: readonly Want[], owned?: Owned) => {
    const names = new Set(wants.map(({ name }) => name));
    const read = await ifAllowed(context, { what: "log groups", count: names.size }, () => {
      const listed = listGroups(context, names);
      const tags = tagsOfDeclared(context, { types: ["logs:log-group"], wants, owned, listed });
      return Promise.all([listed, tags]);
    });
    if (read === undefined) return () => undefined;
    const [listed, tags] = read;
    return (want: Want): { have: LogGroupState | undefined } | undefined => {
      const group = listed.items.get(want.name);
      if (group === undefined) return listed.complete ? { have: undefined } : undefined;
      const arn = arnOf(group);
      const known = tags === undefined || !hasTags(want) ? {} : tags.get(arn);
      return known === undefined ? undefined : { have: { group, arn, tags: known } };
    };
  },
};

async function listGroups(context: AwsContext, names: ReadonlySet<string>) {
  const logs = await context.client("logs");
  const prefix = commonPrefix([...names]);
  return findInList(
    names,
    ({ logGroupName }: LogGroup) => logGroupName,
    async (nextToken?: string) => {
      const page = await logs.describeLogGroups({
        ...(prefix === "" ? {} : { logGroupNamePrefix: prefix }),
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: page.logGroups, next: page.nextToken };
    },
    callsEach,
  );
}

/** DescribeLogGroups and ListTagsForResource. */
const callsEach = 2;
