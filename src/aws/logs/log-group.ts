/** A CloudWatch Logs log group. */
import * as z from "zod/mini";
import { defineResource } from "../../core/define.ts";
import { orRef } from "../../core/input.ts";
import type { Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { ownedByTag, tagsArgument, tagsField } from "../tags.ts";
import { noSuchGroup, readLogGroup } from "./log-group-read.ts";
import type { LogGroupState } from "./log-group-read.ts";
import { readLogGroups } from "./log-groups-read.ts";

const allowedDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

const logGroupArguments = strictObject({
  /** @source CloudWatch Logs API, CreateLogGroup: 1–512 of letters, digits and `_ - / . #` */
  name: z.string().check(
    z.minLength(1),
    z.maxLength(512),
    z.regex(/^[\w\-/.#]+$/u, "may hold letters, digits and _ - / . #"),
    z.refine((name) => !name.startsWith("aws/"), "may not begin with aws/, which is AWS's own"),
  ),
  /**
   * How long events are kept; left out, for ever.
   *
   * @unit days
   * @source CloudWatch Logs API, PutRetentionPolicy
   */
  retention: z.optional(z.literal(allowedDays)),
  /** The ARN of the KMS key that encrypts what comes from now on; left out, CloudWatch's own. */
  kmsKey: z.optional(
    orRef(z.string().check(z.startsWith("arn:", 'Invalid string: must start with "arn:"'))),
  ),
  /** Only the keys that are declared are compared. */
  tags: tagsArgument,
});

type Want = Resolved<z.output<typeof logGroupArguments>>;

export const logGroup = defineResource({
  type: "aws.logs.log-group",
  noun: "log group",
  schema: logGroupArguments,
  key: ["name"],
  read: readLogGroup,
  readAll: readLogGroups,
  create: async ({ client }: AwsContext, { name, tags }) => {
    const logs = await client("logs");
    const given = Object.keys(tags).length > 0 ? { tags: { ...tags } } : {};
    // A function's first call may make its group while we do.
    await unlessMissing("ResourceAlreadyExistsException", () =>
      logs.createLogGroup({ logGroupName: name, ...given }),
    );
  },
  aspects: {
    retention: {
      fields: {
        retention: {
          want: ({ retention }) => retention ?? "never expires",
          have: ({ group }: LogGroupState) => group.retentionInDays ?? "never expires",
        },
      },
      apply: async ({ client }, { want: { name, retention } }) => {
        const logs = await client("logs");
        if (retention === undefined) await logs.deleteRetentionPolicy({ logGroupName: name });
        else await logs.putRetentionPolicy({ logGroupName: name, retentionInDays: retention });
      },
    },
    kmsKey: {
      fields: {
        kmsKey: {
          want: ({ kmsKey }) => kmsKey ?? "none",
          have: ({ group }: LogGroupState) => group.kmsKeyId ?? "none",
        },
      },
      apply: async ({ client }, { want: { name, kmsKey } }) => {
        const logs = await client("logs");
        if (kmsKey === undefined) await logs.disassociateKmsKey({ logGroupName: name });
        else await logs.associateKmsKey({ logGroupName: name, kmsKeyId: kmsKey });
      },
    },
    tags: {
      fields: { tags: tagsField<Want, LogGroupState>() },
      apply: async ({ client }, { want, have }) => {
        await (await client("logs")).tagResource({ resourceArn: have.arn, tags: { ...want.tags } });
      },
    },
  },
  delete: async ({ client }, _have, { name }) => {
    const logs = await client("logs");
    await unlessMissing(noSuchGroup, () => logs.deleteLogGroup({ logGroupName: name }));
  },
  ownership: ownedByTag,
  data: { held: () => "logs" },
  properties: {
    /** Without the `:*` that policies on its streams end with. */
    Arn: ({ arn }: LogGroupState) => arn,
    LogGroupName: ({ group }: LogGroupState) => group.logGroupName ?? "",
  },
});
