/** Versions of a layer that two runs published at the same time, and are the same. */
import { AwsError } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { isAsDeclared } from "./layer-fields.ts";
import { newestOf, removeLayerVersions } from "./layer-read.ts";
import type { LayerState } from "./layer-read.ts";
import type { LayerWant } from "./layer-schema.ts";

/**
 * Of the newest versions that are as declared and came since, keep the first. Every run that published one does so
 * before anything uses its own, so that all come to the same.
 *
 * @param published  what this run published, and when
 */
export async function removeTwins(
  context: AwsContext,
  want: LayerWant,
  published: Published,
): Promise<void> {
  const { now, version } = published;
  const [newest = 0] = now.versions;
  const seen = await sameAsNewest(context, want, published);
  // Ours may be gone, or not be seen yet.
  const same = newest < version ? [version, ...seen] : seen;
  const [first, ...twins] = same.toReversed();
  if (first === undefined || twins.length === 0) return;
  try {
    await removeLayerVersions(context, want.name, twins.toReversed());
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ACCESS_DENIED") throw error;
    const message = `layer ${want.name}: another run published it too, as version ${first}; version ${twins.join(", ")} is the same, and stays: ${error.message}`;
    context.runtime.emit({ type: "warning", message });
  }
}

interface Published {
  readonly version: number;
  /** As it is after that. */
  readonly now: LayerState;
  /** The version that was the newest before; 0: there was none. */
  readonly since: number;
}

/** Newest first. */
async function sameAsNewest(
  context: AwsContext,
  want: LayerWant,
  { now, since }: Published,
): Promise<readonly number[]> {
  const newer = now.versions.filter((version) => version > since);
  // Nobody else was there, and nobody needs to be asked.
  if (newer.length < 2) return newer;
  const same: number[] = [];
  for (const version of newer) {
    const alone = await newestOf(context, want.name, [version]);
    if (alone !== undefined && !isAsDeclared(want, alone)) break;
    if (alone !== undefined) same.push(version);
  }
  return same;
}
