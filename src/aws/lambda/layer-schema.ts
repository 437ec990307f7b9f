/** What `addLayer` takes. */
import * as z from "zod/mini";
import { asArtifact } from "../../core/artifact.ts";
import type { Artifact } from "../../core/artifact.ts";
import { isArtifactLike, orRef, refuse } from "../../core/input.ts";
import type { Ref, Resolved } from "../../core/ref.ts";
import { strictObject } from "../../core/strict-object.ts";
import { zipOf } from "./code-schema.ts";
import type { ZipInput } from "./code-schema.ts";
import { runtimes } from "./runtimes.ts";

const contentSchema = z.pipe(
  z.unknown(),
  z.transform((value, context) => {
    const content = zipOf(value);
    if (content !== undefined) return content;
    return refuse(context, "must be a zip (a package, a bundle's output, or bytes)");
  }),
) as unknown as z.ZodMiniType<Artifact | Ref<Artifact>, ZipInput>;

export const layerSchema = strictObject({
  /**
   * 1–140 letters, digits, `-` and `_`.
   *
   * @source Lambda API, PublishLayerVersion: LayerName
   */
  name: z
    .string()
    .check(z.regex(/^[A-Za-z0-9_-]{1,140}$/u, "must be 1–140 letters, digits, - and _")),
  /**
   * A zip: a package, what a bundle's `addOutput` gives, or its bytes. Lambda unpacks it to `/opt`,
   * where Python looks in `python/`. A new version is published when its sha256, or one of the
   * arguments below, differs from the newest version's, and only then.
   *
   * @unit at most 50 MB directly, more through `artifactBucket`; 262,144,000 bytes unzipped
   * @source Lambda developer guide, "Lambda quotas" and "Packaging your layer content"
   */
  content: contentSchema,
  /**
   * Of the version; a change of it publishes a new one. Default: none.
   *
   * @unit at most 256 characters
   * @source Lambda API, PublishLayerVersion: Description
   */
  description: z._default(orRef(z.string().check(z.maxLength(256))), ""),
  /**
   * Runtimes that the layer says it goes with; AWS filters its lists by them, and checks nothing.
   * Default: the one that `content` was built for, where it was built for one.
   *
   * @unit at most 15
   * @source Lambda API, PublishLayerVersion: CompatibleRuntimes
   */
  compatibleRuntimes: z.optional(z.array(z.enum(runtimes)).check(z.maxLength(15))),
  /**
   * As `compatibleRuntimes`, of processors.
   *
   * @source Lambda API, PublishLayerVersion: CompatibleArchitectures
   */
  compatibleArchitectures: z.optional(z.array(z.enum(["x86_64", "arm64"])).check(z.maxLength(2))),
  /**
   * An SPDX identifier, an address, or the licence itself. Default: none.
   *
   * @unit at most 512 characters
   * @source Lambda API, PublishLayerVersion: LicenseInfo
   */
  license: z._default(orRef(z.string().check(z.maxLength(512))), ""),
  /**
   * How many of the newest versions to keep. A function goes on running with a version that was
   * removed, as AWS keeps a copy for as long as one refers to it; no other function can be given
   * it any more. Default: all.
   *
   * @unit versions, 1 or more
   * @source Lambda API, DeleteLayerVersion
   */
  keepVersions: z.optional(z.int().check(z.gte(1))),
});

/** The arguments with refs replaced. */
export type LayerWant = Resolved<z.output<typeof layerSchema>>;

/** Tells a package what it is to be built for, where the layer names one runtime or processor. */
export function withContentForIt(
  args: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { content, name, compatibleRuntimes, compatibleArchitectures } = args;
  if (!isArtifactLike(content)) return args;
  const use = {
    ...(typeof name === "string" ? { name } : {}),
    ...only("runtime", compatibleRuntimes),
    ...only("architecture", compatibleArchitectures),
  };
  return { ...args, content: content[asArtifact](use) };
}

/** They may be anything a user wrote. */
function only(key: string, values: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(values) || values.length !== 1) return {};
  const [value]: readonly unknown[] = values;
  return typeof value === "string" ? { [key]: value } : {};
}
