/** Everything about a function but its code: one call for all that differs. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { canonical } from "../../core/canonical.ts";
import type { Aspect, Field } from "../../core/define.ts";
import type { AwsContext } from "../context.ts";
import { singlyTag } from "../tags.ts";
import { despite } from "../wait.ts";
import { changeFunction } from "./change.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { addTags } from "./function-tags.ts";
import { failureOf, guarded, untilReady } from "./settled.ts";
import { publishAndNote } from "./publish.ts";
import { requestOf, settingNames, settings } from "./settings.ts";
import type { SettingName } from "./settings.ts";

type FunctionField = Field<FunctionWant, FunctionState>;

function fieldOf(name: SettingName): FunctionField {
  const { want, have } = settings[name];
  return {
    want,
    have: ({ configuration }) => have(configuration),
    ...(name === "environment" ? { secret: true } : {}),
    ...(name === "runtime" ? { shownOnCreate: true } : {}),
  };
}

function isAsWanted(name: SettingName, want: FunctionWant, now: FunctionConfiguration): boolean {
  const { want: wanted, have } = settings[name];
  return canonical(wanted(want)) === canonical(have(now));
}

/** Whether it is as declared, its code aside. */
export function isConfigured(want: FunctionWant, now: FunctionConfiguration): boolean {
  return failureOf(now) === undefined && settingNames.every((name) => isAsWanted(name, want, now));
}

/** An update that AWS took and then could not make is made again. */
const works = "works";
const lastUpdate: FunctionField = {
  want: () => works,
  have: ({ configuration }) => failureOf(configuration) ?? works,
};

export const configurationAspect: Aspect<FunctionWant, FunctionState, AwsContext> = {
  fields: {
    ...Object.fromEntries(settingNames.map((name) => [name, fieldOf(name)])),
    lastUpdate,
  },
  affects: ["LastModified", "RevisionId", "Role", "Runtime", "Handler"],
  apply: async (context, { want, have, fields }) => {
    const { name } = want;
    const names = settingNames.filter((each) => fields.has("lastUpdate") || fields.has(each));
    const request = { FunctionName: name, ...requestOf(want, names) };
    const isMade = (now: FunctionConfiguration): boolean =>
      failureOf(now) === undefined && names.every((each) => isAsWanted(each, want, now));
    await changeFunction(
      context,
      {
        name,
        what: `function ${name}`,
        read: have.configuration,
        races: ["roleNotAssumable", "functionBusy"],
        secrets: Object.values(want.environment),
        isMade,
      },
      (lambda, revision) => lambda.updateFunctionConfiguration({ ...request, ...revision }),
    );
    const made = await untilReady(context, name);
    // the newest version is what the function was before: there can be none of what it is now
    if (want.publish && have.published.current) await publishAndNote(context, want, made);
  },
};

/** How many copies may run at once; `none` is set aside where it is left out. */
export const concurrencyAspect: Aspect<FunctionWant, FunctionState, AwsContext> = {
  fields: {
    reservedConcurrency: {
      want: ({ reservedConcurrency }) => reservedConcurrency ?? "none",
      have: ({ reservedConcurrency }) => reservedConcurrency ?? "none",
    },
  },
  affects: ["RevisionId"],
  apply: async (context, { want: { name, reservedConcurrency }, have }) => {
    const lambda = await context.client("lambda");
    const FunctionName = name;
    const set = async (): Promise<unknown> => {
      if (reservedConcurrency === undefined) {
        return lambda.deleteFunctionConcurrency({ FunctionName });
      }
      // before it is set: one that is set and not noted would not be seen
      await addTags(context, have.arn, { [singlyTag]: "concurrency" });
      const ReservedConcurrentExecutions = reservedConcurrency;
      return lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions });
    };
    await guarded(name, [], () =>
      despite(context.runtime, ["functionBusy"], `function ${name}`, set),
    );
    if (reservedConcurrency === undefined && have.tags[singlyTag] !== undefined)
      await lambda.untagResource({ Resource: have.arn, TagKeys: [singlyTag] });
  },
};
