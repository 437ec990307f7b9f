/** Lambda functions. */
import type { CreateFunctionRequest, FunctionConfiguration } from "@aws-sdk/client-lambda";
import { canonical } from "../../core/canonical.ts";
import { defineResource } from "../../core/define.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { ownedByTag } from "../tags.ts";
import { onceOnly } from "../unsure.ts";
import { despite } from "../wait.ts";
import { buildTags, builtFrom, builtFromAspect } from "./built-from.ts";
import { codeAspect, mustBeThere } from "./code.ts";
import { withCodeForIt } from "./code-schema.ts";
import { concurrencyAspect, configurationAspect } from "./configuration.ts";
import { functionChecks } from "./function-checks.ts";
import { codeSha256Of, readFunction } from "./function-read.ts";
import type { FunctionState } from "./function-read.ts";
import { readFunctions } from "./functions-read.ts";
import { functionSchema } from "./function-schema.ts";
import type { FunctionWant } from "./function-schema.ts";
import { addTags, tagsAspect } from "./function-tags.ts";
import { keepVersionsAspect, noteOf, publishAspect, settledAspect } from "./publish.ts";
import { neverPublished, settledTag } from "./published.ts";
import { tagsOf } from "./s3-file.ts";
import { createdElsewhere, guarded, untilReady } from "./settled.ts";
import { requestOf, settingNames, settings } from "./settings.ts";
import { withCode } from "./upload.ts";

/** By AWS's own names. */
export interface FunctionProps {
  readonly FunctionArn: string;
  readonly FunctionName: string;
  /** Base64, as AWS gives it. */
  readonly CodeSha256: string;
  /** Bytes, zipped. */
  readonly CodeSize: number;
  /** The newest published version; `$LATEST` where there is none. */
  readonly Version: string;
  readonly LastModified: string;
  readonly RevisionId: string;
  readonly Role: string;
  readonly Runtime: string;
  readonly Handler: string;
}

export const lambdaFunction = defineResource<
  typeof functionSchema,
  "name",
  FunctionState,
  FunctionProps,
  AwsContext
>({
  type: "aws.lambda.function",
  noun: "function",
  schema: functionSchema,
  key: ["name"],
  secretArgs: ["environment"],
  atDeclaration: withCodeForIt,
  checks: functionChecks,
  read: readFunction,
  readAll: readFunctions,
  recalls: builtFrom,
  create,
  aspects: {
    code: codeAspect,
    configuration: configurationAspect,
    concurrency: concurrencyAspect,
    tags: tagsAspect,
    settled: settledAspect,
    publish: publishAspect,
    builtFrom: builtFromAspect,
    keepVersions: keepVersionsAspect,
  },
  delete: async (context, _have, { name }) => {
    const lambda = await context.client("lambda");
    // A run that was killed may have left an update behind that AWS is still at work on.
    await despite(context.runtime, ["functionBusy"], `function ${name}`, () =>
      unlessMissing("ResourceNotFoundException", () =>
        lambda.deleteFunction({ FunctionName: name }),
      ),
    );
  },
  ownership: ownedByTag,
  properties: {
    FunctionArn: ({ arn }) => arn,
    FunctionName: ({ configuration }) => configuration.FunctionName ?? "",
    CodeSha256: ({ configuration }) => configuration.CodeSha256 ?? "",
    CodeSize: ({ configuration }) => configuration.CodeSize ?? 0,
    Version: ({ published }) => published.version ?? "$LATEST",
    LastModified: ({ configuration }) => configuration.LastModified ?? "",
    RevisionId: ({ configuration }) => configuration.RevisionId ?? "",
    Role: ({ configuration }) => configuration.Role ?? "",
    Runtime: ({ configuration }) => configuration.Runtime ?? "",
    Handler: ({ configuration }) => configuration.Handler ?? "",
  },
  leaves: "its log group stays, if AWS made one",
});

/** With its whole configuration and its first version at once; what came of it is noted once it has settled. */
async function create(context: AwsContext, want: FunctionWant): Promise<void> {
  const { name, role, handler, architectures, s3File } = want;
  const lambda = await context.client("lambda");
  const sender = await context.client("lambda", { sendsOnce: true });
  const s3 = s3File === undefined ? undefined : await mustBeThere(context, name, s3File);
  const request: Omit<CreateFunctionRequest, "Code"> = {
    PackageType: "Zip",
    Architectures: [...architectures],
    ...requestOf(
      want,
      settingNames.filter((each) => !isDefault(each, want)),
    ),
    FunctionName: name,
    Role: role,
    Handler: handler,
    Tags: {
      ...want.tags,
      ...buildTags(want.code),
      ...(want.publish ? {} : { [settledTag]: neverPublished }),
    },
    Publish: want.publish,
  };
  const what = `function ${name}`;
  const answer = await guarded(name, Object.values(want.environment), () =>
    onceOnly<FunctionConfiguration>(context.runtime, what, {
      send: () =>
        despite(context.runtime, ["roleNotAssumable"], what, () =>
          withCode(context, want, (Code) => sender.createFunction({ ...request, Code })),
        ),
      look: async () => {
        const there = await unlessMissing("ResourceNotFoundException", () =>
          lambda.getFunction({ FunctionName: name }),
        );
        return there?.Configuration;
      },
    }),
  ).catch((error: unknown) => {
    throw createdElsewhere(name, error);
  });
  const made = await untilReady(context, name);
  const note = await noteOf(context, want, { answer, made });
  await addTags(context, made.FunctionArn ?? "", { ...tagsOf(s3, codeSha256Of(made)), ...note });
}

/** Whether a setting is what AWS makes of leaving it out. */
function isDefault(name: keyof typeof settings, want: FunctionWant): boolean {
  const { want: wanted, have } = settings[name];
  return canonical(wanted(want)) === canonical(have({ FunctionName: want.name }));
}
