/** A file that a bundle's steps make, for others to use: as bytes, or as text. */
import { TouchdownError } from "../errors.ts";
import type { Artifact } from "../core/artifact.ts";
import { asArtifact } from "../core/artifact.ts";
import { defineResource } from "../core/define.ts";
import type { Aspect } from "../core/define.ts";
import type { ArtifactLike } from "../core/input.ts";
import { asText } from "../core/ref.ts";
import type { Textual } from "../core/ref.ts";
import type { Resource } from "../core/resource.ts";
import { strictObject } from "../core/strict-object.ts";
import { changed, fileArtifact } from "./file-artifact.ts";
import { pathSchema } from "./path-schema.ts";
import { statAs } from "./place.ts";
import type { StepContext } from "./step-context.ts";

export interface OutputHave {
  readonly path: string;
  readonly artifact: Artifact;
  /** Its bytes, unless it is too big to be text. */
  readonly bytes: Uint8Array | undefined;
}

export interface OutputProperties {
  /** Absolute. */
  readonly Path: string;
  /** 64 hex digits. */
  readonly Sha256: string;
  /** Bytes. */
  readonly Size: number;
  readonly Artifact: Artifact;
  /** Its bytes as UTF-8. */
  readonly Text: string;
}

/** Goes where an artifact can, such as a function's `code`, and wherever a string can. */
export type Output = Resource<OutputProperties> & ArtifactLike & Textual;

/** More than any string that AWS takes. */
const longestText = 16 * 1024 * 1024;

const nothingToApply: Readonly<Record<string, Aspect<unknown, OutputHave, StepContext>>> = {};

export const output = defineResource({
  type: "bundle.output",
  noun: "output",
  schema: strictObject({
    /** The file, relative to the Touchdownfile's folder. */
    name: pathSchema,
  }),
  key: ["name"],
  looksLast: true,
  pendingText: "may change",
  leaves: "files of bundles stay",
  read: async ({ target, makers }: StepContext, { name }): Promise<OutputHave> => {
    const path = target.resolve(name);
    const stat = await statAs(target, path, "file");
    if (stat === undefined) throw missing(path, makers.get(name) ?? []);
    const { size, version } = stat;
    const sha256 = await target.sha256(path);
    const bytes = size > longestText ? undefined : await target.read(path);
    const after = await target.stat(path);
    if (sha256 === undefined || after?.version !== version)
      throw changed(path, "it was written while it was hashed");
    return { path, artifact: fileArtifact(target, { path, name, sha256, size, version }), bytes };
  },
  aspects: nothingToApply,
  properties: {
    Path: ({ path }: OutputHave): string => path,
    Sha256: ({ artifact }: OutputHave): string => artifact.sha256,
    Size: ({ artifact }: OutputHave): number => artifact.size,
    Artifact: ({ artifact }: OutputHave): Artifact => artifact,
    Text: textOf,
  },
});

/** The handle with what lets it stand for bytes and for text. */
export function asOutput(resource: Resource<OutputProperties>): Output {
  return Object.assign(resource, {
    [asArtifact]: () => resource.getProperty("Artifact"),
    [asText]: () => resource.getProperty("Text"),
  });
}

function textOf({ path, bytes }: OutputHave): string {
  if (bytes === undefined) {
    throw new TouchdownError("FILE_TEXT", `${path} is too big to be used as text`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TouchdownError("FILE_TEXT", `${path} is not UTF-8 text`, { cause });
  }
}

function missing(path: string, makers: readonly string[]): TouchdownError {
  const steps = makers.length === 0 ? "no step of the bundle before it makes it" : "";
  const hint =
    steps || `one of these should make it: ${makers.join(", ")}; look at its unless or creates`;
  return new TouchdownError("OUTPUT_MISSING", `there is no ${path}`, { hint });
}
