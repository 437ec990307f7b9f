/** Lambda layers. */
import type { Aspect } from "../../core/define.ts";
import { defineResource } from "../../core/define.ts";
import type { AwsContext } from "../context.ts";
import { layerChecks } from "./layer-checks.ts";
import { contentField, detailFields, isAsDeclared } from "./layer-fields.ts";
import { publishLayer } from "./layer-publish.ts";
import { listLayerVersions, readLayer, removeLayerVersions } from "./layer-read.ts";
import type { LayerState } from "./layer-read.ts";
import { layerSchema, withContentForIt } from "./layer-schema.ts";
import type { LayerWant } from "./layer-schema.ts";

/** By AWS's own names, of the newest version. */
export interface LayerProps {
  readonly LayerArn: string;
  readonly LayerVersionArn: string;
  readonly Version: number;
  /** Base64, as AWS gives it. */
  readonly CodeSha256: string;
  /** Bytes, zipped. */
  readonly CodeSize: number;
}

type LayerAspect = Aspect<LayerWant, LayerState, AwsContext>;

/** Versions can't be changed: either aspect publishes all that is declared, and the other finds it done. */
const publishing = {
  affects: ["LayerVersionArn", "Version", "CodeSha256", "CodeSize"],
  apply: (context, { want, have }) => publishLayer(context, want, have),
} as const satisfies Partial<LayerAspect>;

const detailsAspect: LayerAspect = { ...publishing, fields: detailFields };

const versionAspect: LayerAspect = {
  ...publishing,
  fields: { content: contentField },
  after: ["details"],
  afterText: "publish a new version",
};

const keepVersionsAspect: LayerAspect = {
  fields: {
    keepVersions: {
      want: (want, have) => {
        const surplus = have === undefined ? [] : surplusOf(want, have);
        return surplus.length === 0 ? undefined : surplus;
      },
      have: () => undefined,
      action: "remove older versions",
      show: (versions) => (versions as readonly number[]).join(", "),
    },
  },
  apply: (context, { want, have }) =>
    removeLayerVersions(context, want.name, surplusOf(want, have)),
};

/** Those that are too many once the layer is as declared, oldest first. */
function surplusOf(want: LayerWant, have: LayerState): readonly number[] {
  const { keepVersions = Infinity } = want;
  if (keepVersions === Infinity) return [];
  const toCome = isAsDeclared(want, have) ? 0 : 1;
  return have.versions.slice(keepVersions - toCome).toReversed();
}

/**
 * A layer is its newest version. AWS knows no deleting of a layer, so `delete` removes every version
 * there is, whoever published it; functions that use one keep it. A layer can't be tagged.
 *
 * @source Lambda API, DeleteLayerVersion: a copy remains until no functions refer to it
 */
export const layer = defineResource<typeof layerSchema, "name", LayerState, LayerProps, AwsContext>(
  {
    type: "aws.lambda.layer",
    noun: "layer",
    schema: layerSchema,
    key: ["name"],
    atDeclaration: withContentForIt,
    checks: layerChecks,
    read: readLayer,
    create: (context, want) => publishLayer(context, want),
    aspects: { details: detailsAspect, version: versionAspect, keepVersions: keepVersionsAspect },
    delete: async (context, _have, { name }) => {
      await removeLayerVersions(context, name, await listLayerVersions(context, name));
    },
    properties: {
      LayerArn: ({ newest }) => newest.LayerArn ?? "",
      LayerVersionArn: ({ newest }) => newest.LayerVersionArn ?? "",
      Version: ({ newest }) => newest.Version ?? 0,
      CodeSha256: ({ newest }) => newest.Content?.CodeSha256 ?? "",
      CodeSize: ({ newest }) => newest.Content?.CodeSize ?? 0,
    },
  },
);
