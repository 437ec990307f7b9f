/** A log group as CloudWatch has it. */
import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { allPages } from "../pages.ts";
import type { Tags } from "../tags.ts";

export interface LogGroupState {
  readonly group: LogGroup;
  /** Without the `:*` that calls on its streams take. */
  readonly arn: string;
  readonly tags: Tags;
}

/** CloudWatch's name for what is not there. */
export const noSuchGroup = "ResourceNotFoundException";

/** AWS lists groups by prefix only. */
export async function readLogGroup(
  { client }: AwsContext,
  { name }: { readonly name: string },
): Promise<LogGroupState | undefined> {
  const logs = await client("logs");
  const groups = await allPages<LogGroup>(async (nextToken) => {
    const listed = await logs.describeLogGroups({
      logGroupNamePrefix: name,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    return { items: listed.logGroups, next: listed.nextToken };
  });
  const group = groups.find(({ logGroupName }) => logGroupName === name);
  if (group === undefined) return undefined;
  const arn = arnOf(group);
  // Deleted between the two calls is deleted.
  const listed = await unlessMissing(noSuchGroup, () =>
    logs.listTagsForResource({ resourceArn: arn }),
  );
  return listed === undefined ? undefined : { group, arn, tags: listed.tags ?? {} };
}

export function arnOf(group: LogGroup): string {
  const { logGroupArn, arn = "" } = group;
  return logGroupArn ?? arn.replace(/:\*$/u, "");
}
