/** Versions: one for each change of code or configuration, and as many kept as declared. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { Aspect } from "../../core/define.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import type { Tags } from "../tags.ts";
import { allPages } from "../pages.ts";
import { buildTags } from "./built-from.ts";
import { changeFunction } from "./change.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { addTags } from "./function-tags.ts";
import { despite } from "../wait.ts";
import {
  isNumber,
  listVersions,
  neverPublished,
  settledState,
  settledTag,
  settledValue,
} from "./published.ts";
import { isBusy, untilReady } from "./settled.ts";

type FunctionAspect = Aspect<FunctionWant, FunctionState, AwsContext>;

/** Runs as well where a run was killed between an update and its version. */
export const publishAspect: FunctionAspect = {
  fields: {
    publish: {
      want: ({ publish }) => (publish ? "as the function is" : undefined),
      have: ({ published: { version, current } }) => {
        if (current) return "as the function is";
        return version === undefined ? "none" : `newest is ${version}, of before`;
      },
      action: "publish a new version",
    },
  },
  after: ["code", "configuration"],
  afterIf: ({ publish }, now) => publish && !isNoted(now),
  afterText: "publish a new version",
  affects: ["Version", "RevisionId"],
  apply: async (context, { want, have }) => {
    // What was changed may have been changed back: then there is its version already.
    const { version, current } = have.published;
    await publishAndNote(context, want, have.configuration, current ? version : undefined);
  },
};

/** Whether the version that the function is was noted: by what changed it, which published it as well. */
function isNoted(now: FunctionState | undefined): boolean {
  return now !== undefined && settledState(now.configuration, now.tags)?.current === true;
}

/**
 * Publish the function as it is, and say in its tags that it has settled.
 *
 * @param known  its version, where there is one already
 */
export async function publishAndNote(
  context: AwsContext,
  { name, code }: FunctionWant,
  configuration: FunctionConfiguration,
  known?: string,
): Promise<void> {
  const version = known ?? (await publishVersion(context, name, configuration));
  const note = { [settledTag]: settledValue(version, configuration), ...buildTags(code) };
  await addTags(context, configuration.FunctionArn ?? "", note);
}

interface Changed {
  /** AWS's to the call that was to publish as well; of a call whose answer was lost, the function as it was found. */
  readonly answer: FunctionConfiguration;
  /** The function, settled. */
  readonly made: FunctionConfiguration;
}

/**
 * Tags that say how a change went which published as well. None where its answer was lost: then it is published, which
 * gives the version that there is, if there is one.
 */
export async function noteOf(
  context: AwsContext,
  { name, publish, code }: FunctionWant,
  { answer, made }: Changed,
): Promise<Tags> {
  if (!publish) return { [settledTag]: settledValue(neverPublished, made) };
  const { Version: version = "" } = answer;
  if (!isNumber(version)) return {};
  await untilReady(context, name, version);
  return { [settledTag]: settledValue(version, made), ...buildTags(code) };
}

async function publishVersion(
  context: AwsContext,
  name: string,
  configuration: FunctionConfiguration,
): Promise<string> {
  const { CodeSha256 } = configuration;
  const what = `a version of function ${name}`;
  const made = await changeFunction(
    context,
    // AWS publishes nothing new of what it has published.
    { name, what, read: configuration, races: ["functionBusy"] },
    (lambda, revision) =>
      lambda.publishVersion({
        FunctionName: name,
        ...revision,
        ...(CodeSha256 === undefined ? {} : { CodeSha256 }),
      }),
  );
  const version = made.Version ?? "";
  if (isBusy(made)) await untilReady(context, name, version);
  return version;
}

/**
 * Says last that the update went through, so that the next run need not read the function by itself. With versions,
 * publishing does that; a run that was killed in between leaves it to this.
 */
export const settledAspect: FunctionAspect = {
  fields: {
    settled: {
      want: ({ publish }, have) =>
        have === undefined || (publish && !have.published.current) ? undefined : noted,
      have: ({ configuration, tags }) =>
        settledState(configuration, tags) === undefined ? "not noted" : noted,
      action: "note that it has settled",
    },
  },
  after: ["code", "configuration"],
  afterIf: ({ publish }) => !publish,
  afterText: "note that it has settled",
  apply: async (context, { want: { name, publish, code }, have }) => {
    const configuration = isBusy(have.configuration)
      ? await untilReady(context, name)
      : have.configuration;
    const version = (publish ? have.published.version : undefined) ?? neverPublished;
    const settled = { [settledTag]: settledValue(version, configuration) };
    await addTags(context, have.arn, { ...settled, ...buildTags(code) });
  },
};

const noted = "noted";

/** Where `keepVersions` is given: the newest so many stay, and those that an alias names. */
export const keepVersionsAspect: FunctionAspect = {
  fields: {
    keepVersions: {
      want: ({ keepVersions }) => keepVersions,
      have: ({ published }) => published.kept,
      action: "remove older versions",
      show: (value) => `keep ${String(value)}`,
    },
  },
  after: ["publish"],
  afterIf: ({ keepVersions }) => keepVersions !== undefined,
  afterText: "remove older versions",
  apply: async (context, { want: { name, keepVersions = Infinity }, have }) => {
    const lambda = await context.client("lambda");
    const { versions } = await listVersions(context, name);
    const named = await aliasedVersions(context, name);
    const surplus = versions
      .slice(0, Math.max(0, versions.length - keepVersions))
      .flatMap(({ Version }) => (Version === undefined || named.has(Version) ? [] : [Version]));
    for (const Qualifier of surplus) {
      const what = `version ${Qualifier} of function ${name}`;
      await despite(context.runtime, ["functionBusy"], what, () =>
        unlessMissing("ResourceNotFoundException", () =>
          lambda.deleteFunction({ FunctionName: name, Qualifier }),
        ),
      );
    }
    const version = have.published.version ?? neverPublished;
    const value = settledValue(version, have.configuration, keepVersions);
    await addTags(context, have.arn, { [settledTag]: value });
  },
};

/** Versions that an alias leads to, wholly or for a part of the calls. */
async function aliasedVersions(context: AwsContext, name: string): Promise<ReadonlySet<string>> {
  const lambda = await context.client("lambda");
  const aliases = await allPages(async (Marker?: string) => {
    const page = await lambda.listAliases({ FunctionName: name, Marker });
    return { items: page.Aliases, next: page.NextMarker || undefined };
  });
  return new Set(
    aliases.flatMap(({ FunctionVersion, RoutingConfig }) => [
      ...(FunctionVersion === undefined ? [] : [FunctionVersion]),
      ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}),
    ]),
  );
}
