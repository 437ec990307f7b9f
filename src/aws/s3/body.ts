/** The bytes of an S3 file, wherever they come from. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod/mini";
import { asArtifact } from "../../core/artifact.ts";
import type { Artifact } from "../../core/artifact.ts";
import { isArtifactLike, refuse } from "../../core/input.ts";
import type { ArtifactLike } from "../../core/input.ts";
import { isRef } from "../../core/ref.ts";
import type { Ref } from "../../core/ref.ts";
import { sha256File, statIfExists } from "../../host/files.ts";
import { sha256Hex } from "../../host/sha256.ts";

type Contents = string | Uint8Array | Artifact;

/** Text, bytes, a bundle's output, or a ref to one of them. */
export const contentsSchema = z.pipe(
  z.unknown(),
  z.transform((value, context) => {
    if (isRef(value) || isContents(value)) return value;
    if (isArtifactLike(value)) return value[asArtifact]();
    return refuse(context, "must be text, bytes, or a bundle's output");
  }),
) as unknown as z.ZodMiniType<
  Contents | Ref<Contents>,
  Contents | ArtifactLike | Ref<string> | Ref<Uint8Array> | Ref<Artifact>
>;

function isContents(value: unknown): value is Contents {
  if (typeof value === "string" || value instanceof Uint8Array) return true;
  return typeof value === "object" && value !== null && "sha256" in value && "open" in value;
}

export interface Body {
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

export function bodyOf(contents: Contents): Body {
  if (typeof contents !== "string" && !(contents instanceof Uint8Array)) return contents;
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  const sha256 = sha256Hex(bytes);
  return { sha256, size: bytes.length, open: () => pieces(bytes) };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** `undefined` if there is no such file. @param source relative to `folder` */
export async function bodyOfFile(folder: string, source: string): Promise<Body | undefined> {
  const path = resolve(folder, source);
  const stat = await statIfExists(path);
  const sha256 = stat?.isFile() === true ? await sha256File(path) : undefined;
  if (stat === undefined || sha256 === undefined) return undefined;
  return { sha256, size: stat.size, open: () => createReadStream(path) };
}

/** More than this is streamed, and then can't be sent again by the SDK. */
const wholeBytes = 8 * 1024 * 1024;

/** In the form that a put takes: whole where it is small, so that it can be sent again. */
export async function payloadOf(body: Body): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  if (body.size > wholeBytes) return body.open();
  const parts: Uint8Array[] = [];
  for await (const part of body.open()) parts.push(part);
  return Buffer.concat(parts);
}
