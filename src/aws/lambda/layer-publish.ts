/** Publishing a layer's version, which AWS does as often as it is asked. */
import type {
  Architecture,
  LayerVersionContentInput,
  PublishLayerVersionRequest,
  Runtime,
} from "@aws-sdk/client-lambda";
import type { AwsContext } from "../context.ts";
import { onceOnly } from "../unsure.ts";
import { ifSoon, until, waits } from "../wait.ts";
import { architecturesOf, isAsDeclared, runtimesOf } from "./layer-fields.ts";
import { readLayer } from "./layer-read.ts";
import type { LayerState } from "./layer-read.ts";
import type { LayerWant } from "./layer-schema.ts";
import { removeTwins } from "./layer-twins.ts";
import { withZip } from "./upload.ts";

/**
 * Publish what is declared, unless the newest version is that.
 *
 * @returns once it can be read
 */
export async function publishLayer(
  context: AwsContext,
  want: LayerWant,
  have?: LayerState,
): Promise<void> {
  if (have !== undefined && isAsDeclared(want, have)) return;
  const zip = { owner: `layer ${want.name}`, zip: want.content };
  const version = await withZip(context, zip, (content) => publish(context, want, content));
  const since = have?.newest.Version ?? 0;
  const now = await untilThere(context, want, { version, since });
  await removeTwins(context, want, { now, since, version });
}

/** A call whose outcome is unknown may have made a version: that is looked for before the next. */
async function publish(
  context: AwsContext,
  want: LayerWant,
  content: LayerVersionContentInput,
): Promise<number> {
  const lambda = await context.client("lambda", { sendsOnce: true });
  const request = requestOf(want, content);
  return onceOnly(context.runtime, `layer ${want.name}`, {
    send: async () => (await lambda.publishLayerVersion(request)).Version ?? 0,
    look: () => lookFor(context, want),
  });
}

/** The version that is as declared, where there is one by now. */
async function lookFor(context: AwsContext, want: LayerWant): Promise<number | undefined> {
  const ask = async (): Promise<number | undefined> => {
    const now = await readLayer(context, want);
    return now !== undefined && isAsDeclared(want, now) ? now.newest.Version : undefined;
  };
  return ifSoon(context.runtime, ask, waits.layerVersionListed);
}

/**
 * Who reads before that would find the version before it, and publish once more. Where another run published the same,
 * and came first, ours may be gone already: theirs is as good.
 */
async function untilThere(
  context: AwsContext,
  want: LayerWant,
  { version, since }: { readonly version: number; readonly since: number },
): Promise<LayerState> {
  const ask = async (): Promise<LayerState | undefined> => {
    const now = await readLayer(context, want);
    const newest = now?.newest.Version ?? 0;
    if (now === undefined || newest <= since) return undefined;
    return newest >= version || isAsDeclared(want, now) ? now : undefined;
  };
  return until(context.runtime, `version ${version} of layer ${want.name}`, ask, waits.visible);
}

/** What is empty is left out. The schema and `builtFor`'s check know AWS's own names. */
function requestOf(want: LayerWant, Content: LayerVersionContentInput): PublishLayerVersionRequest {
  const { name: LayerName, description: Description, license: LicenseInfo } = want;
  const CompatibleRuntimes = runtimesOf(want) as Runtime[];
  const CompatibleArchitectures = architecturesOf(want) as Architecture[];
  const details = { Description, LicenseInfo, CompatibleRuntimes, CompatibleArchitectures };
  const given = Object.entries(details).filter(([, value]) => value.length > 0);
  return { LayerName, Content, ...Object.fromEntries(given) };
}
