/** A layer as AWS has it: its versions, of which the newest counts. */
import type { GetLayerVersionResponse } from "@aws-sdk/client-lambda";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { allPages } from "../pages.ts";
import type { LayerWant } from "./layer-schema.ts";

export interface LayerState {
  readonly newest: GetLayerVersionResponse;
  /** 64 hex digits, of the newest version's content. */
  readonly sha256: string;
  /** Newest first. */
  readonly versions: readonly number[];
}

/**
 * The list says everything of a version but its sha256, which takes a second call. A layer that was
 * never there has no versions, as has one whose versions are all deleted.
 */
export async function readLayer(
  context: AwsContext,
  { name }: Pick<LayerWant, "name">,
): Promise<LayerState | undefined> {
  return newestOf(context, name, await listLayerVersions(context, name));
}

/** The layer as it would be with these versions alone. @param versions  newest first */
export async function newestOf(
  context: AwsContext,
  name: string,
  versions: readonly number[],
): Promise<LayerState | undefined> {
  const lambda = await context.client("lambda");
  for (const [index, VersionNumber] of versions.entries()) {
    const newest = await unlessMissing("ResourceNotFoundException", () =>
      lambda.getLayerVersion({ LayerName: name, VersionNumber }),
    );
    // Deleted since it was listed: the one before it is the newest now.
    if (newest === undefined) continue;
    const sha256 = Buffer.from(newest.Content?.CodeSha256 ?? "", "base64").toString("hex");
    return { newest, sha256, versions: versions.slice(index) };
  }
  return undefined;
}

/** One after the other; one that is gone already is fine. */
export async function removeLayerVersions(
  context: AwsContext,
  name: string,
  versions: readonly number[],
): Promise<void> {
  const lambda = await context.client("lambda");
  for (const VersionNumber of versions) {
    await unlessMissing("ResourceNotFoundException", () =>
      lambda.deleteLayerVersion({ LayerName: name, VersionNumber }),
    );
  }
}

/** Newest first; AWS names no order. */
export async function listLayerVersions(
  context: AwsContext,
  name: string,
): Promise<readonly number[]> {
  const lambda = await context.client("lambda");
  const found = await unlessMissing("ResourceNotFoundException", () =>
    allPages(async (Marker?: string) => {
      const page = await lambda.listLayerVersions({ LayerName: name, Marker });
      return { items: page.LayerVersions, next: page.NextMarker || undefined };
    }),
  );
  return (found ?? []).flatMap(({ Version }) => Version ?? []).toSorted((a, b) => b - a);
}
