/** Versions: one for each change of code or configuration, and as many kept as declared. */
import type { Aspect } from "../../core/define.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { allPages } from "../pages.ts";
import { buildTags } from "./built-from.ts";
import { changeFunction } from "./change.ts";
import type { FunctionState } from "./function-read.ts";
import type { FunctionWant } from "./function-schema.ts";
import { addTags } from "./function-tags.ts";
import {
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
  afterIf: ({ publish }) => publish,
  afterText: "publish a new version",
  affects: ["Version", "RevisionId"],
  apply: async (context, { want: { name, code }, have }) => {
    // What was changed may have been changed back: then there is its version already.
    const known = have.published.current ? have.published.version : undefined;
    const version = known ?? (await publishVersion(context, name, have));
    const value = settledValue(version, have.configuration);
    await addTags(context, have.arn, { [settledTag]: value, ...buildTags(code) });
  },
};

async function publishVersion(
  context: AwsContext,
  name: string,
  { configuration }: FunctionState,
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
      await unlessMissing("ResourceNotFoundException", () =>
        lambda.deleteFunction({ FunctionName: name, Qualifier }),
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
