/**
 * Layers as AWS documents them: a version for every call, numbers that are never used again.
 *
 * @source Lambda API reference: PublishLayerVersion, GetLayerVersion, ListLayerVersions,
 *   DeleteLayerVersion
 */
import type { GetLayerVersionResponse, Lambda } from "@aws-sdk/client-lambda";
import type { Clock } from "../../../src/core/runtime.ts";
import { codeOf } from "./lambda-settings.ts";
import { fakeAccountId, fakeRegion, page, Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

interface Version {
  readonly answer: GetLayerVersionResponse;
  /** Reads lag behind: it is not seen before. */
  readonly visibleAt: number;
}

interface FakeLayer {
  versions: readonly Version[];
  /** Counts on, even where versions were deleted. */
  published: number;
}

export type FakeLayers = Map<string, FakeLayer>;

/** How long a version takes to be seen, in virtual time. */
const lagMs = 3_000;

interface Around {
  readonly clock: Clock;
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

export function layerCalls(layers: FakeLayers, { clock, objects }: Around): FakeOf<Lambda> {
  const seen = (name = "") =>
    (layers.get(name)?.versions ?? []).filter(({ visibleAt }) => visibleAt <= clock.now());
  return {
    publishLayerVersion: async ({ LayerName: name = "", Content, ...details }) => {
      checkDetails(details);
      const content = codeOf(objects, Content ?? {});
      const kept = layers.get(name) ?? { versions: [], published: 0 };
      layers.set(name, kept);
      kept.published += 1;
      const answer: GetLayerVersionResponse = {
        Description: "",
        ...details,
        Content: content,
        LayerArn: arnOf(name),
        LayerVersionArn: `${arnOf(name)}:${kept.published}`,
        Version: kept.published,
        CreatedDate: new Date(clock.now()).toISOString().replace("Z", "+0000"),
      };
      kept.versions = [...kept.versions, { answer, visibleAt: clock.now() + lagMs }];
      return { ...answer };
    },
    getLayerVersion: async ({ LayerName, VersionNumber }) => {
      const found = seen(LayerName).find(({ answer }) => answer.Version === VersionNumber);
      if (found !== undefined) return { ...found.answer };
      throw new Refusal(
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
        404,
      );
    },
    listLayerVersions: async ({ LayerName, Marker }) => {
      // Oldest first, so that who counts on another order is found out: AWS names none.
      const { items, next } = page(seen(LayerName), Marker);
      const LayerVersions = items.map(({ answer: { Content: _content, ...rest } }) => rest);
      return { LayerVersions, ...(next === undefined ? {} : { NextMarker: next }) };
    },
    deleteLayerVersion: async ({ LayerName = "", VersionNumber }) => {
      const kept = layers.get(LayerName);
      if (kept !== undefined) {
        kept.versions = kept.versions.filter(({ answer }) => answer.Version !== VersionNumber);
      }
      return {};
    },
  };
}

/** Of the layers that are published here; those of others are taken as given. */
export function checkLayers(
  layers: FakeLayers,
  arns: readonly string[] = [],
  { now }: Clock,
): void {
  for (const arn of arns) {
    const [name = "", version] = arn.split(":").slice(6);
    const versions = layers.get(name)?.versions;
    const there = versions?.some(
      ({ answer, visibleAt }) => String(answer.Version) === version && visibleAt <= now(),
    );
    if (there === false) {
      throw new Refusal("InvalidParameterValueException", `Layer version ${arn} does not exist.`);
    }
  }
}

function checkDetails({
  CompatibleRuntimes = [],
  CompatibleArchitectures = [],
}: {
  readonly CompatibleRuntimes?: readonly string[] | undefined;
  readonly CompatibleArchitectures?: readonly string[] | undefined;
}): void {
  if (CompatibleRuntimes.length <= 15 && CompatibleArchitectures.length <= 2) return;
  throw new Refusal("InvalidParameterValueException", "a list is longer than it may be");
}

function arnOf(name: string): string {
  return `arn:aws:lambda:${fakeRegion}:${fakeAccountId}:layer:${name}`;
}
