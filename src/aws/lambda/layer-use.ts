/** A layer as a function uses it: by its handle, or by the ARN of one of its versions. */
import * as z from "zod/mini";
import type { Artifact } from "../../core/artifact.ts";
import { isResource } from "../../core/declared.ts";
import { inner, orRef, refuse } from "../../core/input.ts";
import { isRef, Ref } from "../../core/ref.ts";
import type { Lookup, Outcome, Textual } from "../../core/ref.ts";
import type { Resource } from "../../core/resource.ts";
import { valueOf } from "../../core/want.ts";
import { zipOf } from "./code-schema.ts";

/** As much of a layer's handle as a function needs. */
type Handle = Resource<{ readonly LayerVersionArn: string }>;

/** Its parts become known one after the other: reading one too early suspends the reader. */
export class LayerUse {
  /** `layer tools`. */
  readonly label: string;
  readonly #arn: () => Outcome<string>;
  readonly #content: () => Outcome<Artifact | undefined>;

  constructor(layer: Handle, lookup: Lookup) {
    this.label = String(layer);
    this.#arn = () => layer.getProperty("LayerVersionArn").evaluate(lookup);
    const content = zipOf(layer.args["content"]);
    this.#content = () =>
      isRef(content) ? content.evaluate(lookup) : { known: true, value: content };
  }

  /** Of the version that is there once the layer is as declared. */
  get arn(): string {
    return valueOf(this.#arn());
  }

  /** `undefined` for a layer that is only referred to. */
  get content(): Artifact | undefined {
    return valueOf(this.#content());
  }
}

const layerArn = z
  .string()
  .check(
    z.regex(/^arn:[^:]+:lambda:[^:]+:\d{12}:layer:[\w-]+:\d+$/u, "must be a layer version's ARN"),
  );

type LayerInput = string | Ref<string> | Textual | Handle;

const layer = z.pipe(
  z.unknown(),
  z.transform((value, context) => {
    if (value instanceof LayerUse) return value;
    if (!isResource(value)) return inner(orRef(layerArn), value, context);
    if (value.definition.type === "aws.lambda.layer") return useOf(value as Handle);
    return refuse(context, `takes a layer, not a ${value.definition.noun}`);
  }),
) as unknown as z.ZodMiniType<string | Ref<string> | Ref<LayerUse>, LayerInput>;

/** @source Lambda developer guide, "Adding layers to functions": up to five */
export const layersSchema = orRef(z.array(layer).check(z.maxLength(5)));

/** Known at once, so that what is known of its parts can be checked before the first call. */
function useOf(handle: Handle): Ref<LayerUse> {
  const { needs, label, problems } = handle.getProperty("LayerVersionArn");
  const evaluate = (lookup: Lookup): Outcome<LayerUse> => ({
    known: true,
    value: new LayerUse(handle, lookup),
  });
  return new Ref({ needs, label, problems, evaluate });
}

/** What a function's `layers` are once refs are replaced. */
export type UsedLayer = string | Pick<LayerUse, "label" | "arn" | "content">;

export function layerArnOf(layer: UsedLayer): string {
  return typeof layer === "string" ? layer : layer.arn;
}
