/** Which version was published last, and whether it is what the function is now. */
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { canonical } from "../../core/canonical.ts";
import type { AwsContext } from "../context.ts";
import { allPages } from "../pages.ts";
import { settingNames, settings } from "./settings.ts";

/**
 * Written last, after publishing: `7 2026-11-24T04:46:17.607+0000`, the version and the
 * `LastModified` it answers for, and with `keepVersions` how many were kept. `latest` in place of the
 * version: nothing is published. A run that was killed leaves it out of date, so that the function and
 * its versions themselves are asked.
 */
export const settledTag = "touchdown:settled";
export const neverPublished = "latest";

export interface PublishedState {
  /** The newest version; `undefined` if there is none, or none is looked for. */
  readonly version: string | undefined;
  /** Code and configuration of that version are those of the function. */
  readonly current: boolean;
  /** Of that version, canonical. */
  readonly content: string | undefined;
  /** How many versions were kept when it was published. */
  readonly kept: number | undefined;
}

/** @param kept  by `keepVersions`, once the others are gone */
export function settledValue(
  version: string,
  configuration: FunctionConfiguration,
  kept?: number,
): string {
  return [version, configuration.LastModified ?? "", ...(kept === undefined ? [] : [kept])].join(
    " ",
  );
}

interface Read {
  readonly configuration: FunctionConfiguration;
  readonly tags: Readonly<Record<string, string>>;
  /** Before this run's last change of it. */
  readonly before?: PublishedState | undefined;
}

/** The versions are listed at most once, however many changes follow. */
export async function publishedState(
  context: AwsContext,
  { configuration, tags, before }: Read,
): Promise<PublishedState> {
  if (tags[settledTag]?.split(" ")[0] === neverPublished) return unpublished;
  const settled = settledState(configuration, tags);
  if (settled !== undefined) return settled;
  // A version that came meanwhile is given by PublishVersion again: it makes none that would be the same.
  if (before !== undefined && before.content !== contentOf(configuration))
    return { ...before, current: false, kept: undefined };
  const { latest, versions } = await listVersions(context, configuration.FunctionName ?? "");
  const newest = versions.at(-1);
  const content = newest === undefined ? undefined : contentOf(newest);
  return {
    version: newest?.Version,
    current: content !== undefined && content === contentOf(latest ?? configuration),
    content,
    kept: undefined,
  };
}

const unpublished: PublishedState = {
  version: undefined,
  current: false,
  content: undefined,
  kept: undefined,
};

/** As the tag says, if it answers for the function as it is: then its last update went through. */
export function settledState(
  configuration: FunctionConfiguration,
  tags: Readonly<Record<string, string>> = {},
): PublishedState | undefined {
  const [version, lastModified, kept] = tags[settledTag]?.split(" ") ?? [];
  if (version === undefined || lastModified !== configuration.LastModified) return undefined;
  if (version === neverPublished) return unpublished;
  return {
    version,
    current: true,
    content: contentOf(configuration),
    kept: kept === undefined ? undefined : Number(kept),
  };
}

/** Of a version; not `$LATEST`. */
export function isNumber(version = ""): boolean {
  return /^\d+$/u.test(version);
}

interface Versions {
  readonly latest: FunctionConfiguration | undefined;
  /** Oldest first. */
  readonly versions: readonly FunctionConfiguration[];
}

export async function listVersions(context: AwsContext, name: string): Promise<Versions> {
  const lambda = await context.client("lambda");
  const all = await allPages(async (Marker?: string) => {
    const page = await lambda.listVersionsByFunction({ FunctionName: name, Marker });
    return { items: page.Versions, next: page.NextMarker || undefined };
  });
  const versions = all.filter(({ Version }) => isNumber(Version));
  return {
    latest: all.find(({ Version }) => Version === "$LATEST"),
    versions: versions.toSorted((a, b) => Number(a.Version) - Number(b.Version)),
  };
}

function contentOf(configuration: FunctionConfiguration): string {
  const values = settingNames.map((name) => settings[name].have(configuration));
  return canonical([configuration.CodeSha256, configuration.Architectures, ...values]);
}
