/** What of a workspace is in an account and region, by the tag it carries. */
import type { ErasedDefinition } from "../core/define.ts";
import type { Hint, OwnedPlace, Search } from "../core/owned.ts";
import type { AwsContext } from "./context.ts";
import { ownedRoles } from "./iam/owned-roles.ts";
import { role } from "./iam/role.ts";
import { lambdaFunction } from "./lambda/function.ts";
import { logGroup } from "./logs/log-group.ts";
import { bucket } from "./s3/bucket.ts";
import { file } from "./s3/file.ts";
import { otherRegions } from "./s3/bucket-regions.ts";
import { ownedFiles } from "./s3/owned-files.ts";
import { queue } from "./sqs/queue.ts";
import { ownedTags } from "./tagged.ts";

/** In the order in which they go: a function before its role, a file before its bucket. */
const turns = [
  "aws.lambda.function",
  "aws.s3.file",
  "aws.sqs.queue",
  "aws.logs.log-group",
  "aws.s3.bucket",
  "aws.iam.role",
];

/** Names that are the same in every region of an account, or in all of AWS. */
const inAllRegions = ["aws.iam.role"];
const inAllAccounts = ["aws.s3.bucket", "aws.s3.file"];

export const ownedPlace: OwnedPlace = {
  turnOf: (type) => {
    const turn = turns.indexOf(type);
    return turn < 0 ? undefined : turn;
  },
  placeOf: async (context, type) => {
    const { accountId, region } = context as AwsContext;
    if (inAllAccounts.includes(type)) return "";
    const account = await accountId();
    return inAllRegions.includes(type) ? account : `${account} ${region}`;
  },
  find: async (context, search) => {
    const aws = context as AwsContext;
    const [tagged, roles, files] = await Promise.all([
      ownedByTagging(aws, search),
      ownedRoles(aws, search),
      ownedFiles(aws, search),
    ]);
    return [
      ...tagged,
      ...roles.map((name) => ({ kind: role, args: { name } })),
      ...files.map((args) => ({ kind: file, args: { ...args } })),
    ];
  },
};

/** Text before the name in an ARN: `arn:aws:sqs:eu-west-1:123456789012:jobs`. */
const kinds: readonly (readonly [RegExp, () => { readonly type: ErasedDefinition["type"] }])[] = [
  [/^arn:[^:]+:lambda:[^:]*:[^:]*:function:/u, () => lambdaFunction],
  [/^arn:[^:]+:sqs:[^:]*:[^:]*:/u, () => queue],
  [/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:/u, () => logGroup],
  [/^arn:[^:]+:s3:::/u, () => bucket],
];

function isBucket(arn: string): boolean {
  return arn.split(":")[2] === "s3";
}

async function ownedByTagging(context: AwsContext, search: Search): Promise<readonly Hint[]> {
  const [here, regions] = await Promise.all([
    ownedTags(context, search),
    otherRegions(context, search),
  ]);
  const elsewhere = await Promise.all(
    [...regions].map((region) => ownedTags(context, search, region)),
  );
  // of all but buckets it is this region's alone that the context reads
  const buckets = elsewhere.flatMap((found) => [...found.keys()].filter(isBucket));
  return [...here.keys(), ...buckets].flatMap((arn) =>
    kinds.flatMap(([before, kind]) =>
      before.test(arn) ? [{ kind: kind(), args: { name: arn.replace(before, "") } }] : [],
    ),
  );
}
