/** CloudWatch Logs' log groups as AWS documents them, in memory. */
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { fakeAccountId, fakeRegion, page, Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

interface FakeGroup {
  readonly name: string;
  readonly arn: string;
  retention: number | undefined;
  kmsKey: string | undefined;
  readonly tags: Map<string, string>;
}

export type FakeLogs = FakeOf<CloudWatchLogs> & {
  readonly groups: ReadonlyMap<string, FakeGroup>;
};

export function fakeLogs(): FakeLogs {
  const groups = new Map<string, FakeGroup>();
  const groupOf = (name: string | undefined): FakeGroup => {
    const group = groups.get(name ?? "");
    if (group === undefined) throw missing();
    return group;
  };
  const tagged = (arn: string | undefined): FakeGroup => {
    const group = [...groups.values()].find((each) => each.arn === arn);
    if (group === undefined) throw missing();
    return group;
  };
  return {
    groups,
    createLogGroup: async ({ logGroupName: name = "", tags: given = {} }) => {
      if (groups.has(name)) {
        throw new Refusal(
          "ResourceAlreadyExistsException",
          "The specified log group already exists",
        );
      }
      const arn = `arn:aws:logs:${fakeRegion}:${fakeAccountId}:log-group:${name}`;
      const tags = new Map(Object.entries(given));
      groups.set(name, { name, arn, retention: undefined, kmsKey: undefined, tags });
      // One with the same beginning, so that a prefix alone does not find the right one.
      const longer = `${name}-longer`;
      groups.set(longer, {
        name: longer,
        arn: `${arn}-longer`,
        retention: 1,
        kmsKey: "k",
        tags: new Map(),
      });
      return {};
    },
    describeLogGroups: async ({ logGroupNamePrefix = "", nextToken }) => {
      const found = [...groups.values()]
        .filter(({ name }) => name.startsWith(logGroupNamePrefix))
        .toSorted((a, b) => (a.name < b.name ? 1 : -1));
      const { items, next } = page(found, nextToken, 1);
      return {
        logGroups: items.map(({ name, arn, retention, kmsKey }) => ({
          logGroupName: name,
          arn: `${arn}:*`,
          logGroupArn: arn,
          ...(retention === undefined ? {} : { retentionInDays: retention }),
          ...(kmsKey === undefined ? {} : { kmsKeyId: kmsKey }),
        })),
        ...(next === undefined ? {} : { nextToken: next }),
      };
    },
    putRetentionPolicy: async ({ logGroupName, retentionInDays }) => {
      groupOf(logGroupName).retention = retentionInDays;
      return {};
    },
    deleteRetentionPolicy: async ({ logGroupName }) => {
      groupOf(logGroupName).retention = undefined;
      return {};
    },
    associateKmsKey: async ({ logGroupName, kmsKeyId }) => {
      groupOf(logGroupName).kmsKey = kmsKeyId;
      return {};
    },
    disassociateKmsKey: async ({ logGroupName }) => {
      groupOf(logGroupName).kmsKey = undefined;
      return {};
    },
    listTagsForResource: async ({ resourceArn }) => ({
      tags: Object.fromEntries(tagged(resourceArn).tags),
    }),
    tagResource: async ({ resourceArn, tags = {} }) => {
      for (const [key, value] of Object.entries(tags)) tagged(resourceArn).tags.set(key, value);
      return {};
    },
    deleteLogGroup: async ({ logGroupName }) => {
      groups.delete(groupOf(logGroupName).name);
      return {};
    },
  };
}

function missing(): Refusal {
  return new Refusal("ResourceNotFoundException", "The specified log group does not exist.");
}
