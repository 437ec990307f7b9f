/** The two ways to say where a function's code comes from. */
import * as z from "zod/mini";
import { asArtifact } from "../../core/artifact.ts";
import type { Artifact } from "../../core/artifact.ts";
import { isResource } from "../../core/declared.ts";
import { inner, isArtifactLike, orRef, refuse } from "../../core/input.ts";
import type { ArtifactLike } from "../../core/input.ts";
import { isRef } from "../../core/ref.ts";
import type { Input, Ref } from "../../core/ref.ts";
import type { Resource } from "../../core/resource.ts";
import { TouchdownError } from "../../errors.ts";
import { bytesArtifact, isInlinePython, pythonArtifact } from "./inline-code.ts";
import type { InlinePython } from "./inline-code.ts";
import { javascriptArtifact } from "./inline-javascript.ts";
import type { HandlerFunction } from "./inline-javascript.ts";
import { defaultRuntimes } from "./runtimes.ts";

export type CodeInput = ZipInput | HandlerFunction | InlinePython;

export const codeSchema = z.pipe(
  z.unknown(),
  z.transform((value, context) => {
    try {
      const code = codeOf(value);
      if (code !== undefined) return code;
      return refuse(
        context,
        "must be a zip (a bundle's output, or bytes), a JavaScript function or python`…`",
      );
    } catch (error) {
      if (!(error instanceof TouchdownError)) throw error;
      const parts = [error.message, error.hint].filter((part) => part !== undefined);
      return refuse(context, parts.join("; "));
    }
  }),
) as unknown as z.ZodMiniType<Artifact | Ref<Artifact>, CodeInput>;

/** Tells a package whose code it is, so that it is built for that runtime and architecture. */
export function withCodeForIt(
  args: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { code, name, runtime = defaultRuntimes.python, architectures } = args;
  if (!isArtifactLike(code)) return args;
  const architecture: unknown = Array.isArray(architectures) ? architectures[0] : "x86_64";
  const text = (key: string, value: unknown) => (typeof value === "string" ? { [key]: value } : {});
  const use = {
    ...text("name", name),
    ...text("runtime", runtime),
    ...text("architecture", architecture),
  };
  return { ...args, code: code[asArtifact](use) };
}

function codeOf(value: unknown): Artifact | Ref<Artifact> | undefined {
  if (isInlinePython(value)) return pythonArtifact(value);
  if (typeof value === "function") return javascriptArtifact(value as HandlerFunction);
  return zipOf(value);
}

/** What can be sent as a zip, or will give one. */
export type ZipInput = ArtifactLike | Ref<Artifact> | Artifact | Uint8Array;

/** `undefined` where the value is none. */
export function zipOf(value: unknown): Artifact | Ref<Artifact> | undefined {
  if (isRef(value)) return value as Ref<Artifact>;
  if (isArtifactLike(value)) return value[asArtifact]();
  if (value instanceof Uint8Array) return bytesArtifact(value, "the zip");
  return isArtifact(value) ? value : undefined;
}

function isArtifact(value: unknown): value is Artifact {
  return typeof value === "object" && value !== null && "sha256" in value && "open" in value;
}

/** As much of an S3 file's properties as its code needs. */
interface S3FileProps {
  readonly Bucket: string;
  readonly Key: string;
  readonly ETag: string | undefined;
  readonly VersionId: string | undefined;
  /** 64 hex digits, where S3 has it. */
  readonly Sha256: string | undefined;
  readonly LastModified: string | undefined;
}

/** A zip in S3, and what is known of it; what is left out is asked of S3. */
const s3Object = z.strictObject({
  bucket: orRef(z.string()),
  key: orRef(z.string().check(z.maxLength(1024))),
  version: z.optional(orRef(z.optional(z.string()))),
  etag: z.optional(orRef(z.optional(z.string()))),
  sha256: z.optional(orRef(z.optional(z.string()))),
  lastModified: z.optional(orRef(z.optional(z.string()))),
});

type S3Object = z.output<typeof s3Object>;
export type S3FileInput =
  | Resource<S3FileProps>
  | Input<{ readonly bucket: string; readonly key: string; readonly version?: string }>;

export const s3FileSchema = z.pipe(
  z.unknown(),
  z.transform((value, context) => {
    if (isResource(value)) {
      if (value.definition.type === "aws.s3.file") return ofHandle(value as Resource<S3FileProps>);
      return refuse(context, `takes an S3 file, not a ${value.definition.noun}`);
    }
    return inner(s3Object, value, context);
  }),
) as unknown as z.ZodMiniType<S3Object, S3FileInput>;

function ofHandle(file: Resource<S3FileProps>): S3Object {
  return {
    bucket: file.getProperty("Bucket"),
    key: file.getProperty("Key"),
    version: file.getProperty("VersionId"),
    etag: file.getProperty("ETag"),
    sha256: file.getProperty("Sha256"),
    lastModified: file.getProperty("LastModified"),
  };
}
