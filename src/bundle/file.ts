/** A file with given contents. */
import { resolve } from "node:path";
import * as z from "zod/mini";
import { TouchdownError } from "../errors.ts";
import { defineResource } from "../core/define.ts";
import { orRef } from "../core/input.ts";
import { strictObject } from "../core/strict-object.ts";
import { readIfExists, sha256File } from "../host/files.ts";
import { modeBits, modeSchema, showMode } from "./mode.ts";
import { requireParent, statAs } from "./place.ts";
import { pathSchema } from "./path-schema.ts";
import type { StepContext } from "./step-context.ts";
import { sha256Hex } from "../host/sha256.ts";

interface FileHave {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly mode: number;
  /** Its bytes are those of the declared `source`. */
  readonly asSource: boolean;
}

export const file = defineResource({
  type: "bundle.file",
  noun: "file",
  schema: strictObject({
    /** Where it is written, relative to the Touchdownfile's folder. Its folder must be there. */
    name: pathSchema,
    /** What is in it: text, bytes, a ref, a serializer's text. Never shown, only its size. */
    contents: z.optional(orRef(z.union([z.string(), z.instanceof(Uint8Array)]))),
    /** In place of `contents`: a file on this machine, relative to the Touchdownfile's folder. */
    source: z.optional(pathSchema),
    /**
     * Permissions, as `0o644` or `"0644"`. Left out, a new file gets 0644 and an existing one
     * keeps its own.
     */
    mode: z.optional(modeSchema),
  }).check(
    z.superRefine(({ contents, source }, context) => {
      if (contents !== undefined && source !== undefined)
        context.addIssue("takes contents or source, not both");
      if (contents === undefined && source === undefined)
        context.addIssue("needs contents or source");
    }),
  ),
  key: ["name"],
  secretArgs: ["contents"],
  looksLast: "after such",
  createText: "will be written",
  pendingText: "may be written",
  leaves: "files of bundles stay",
  read: async ({ target, runtime }: StepContext, { name, source }) => {
    const path = target.resolve(name);
    const stat = await statAs(target, path, "file");
    const sha256 = await target.sha256(path);
    if (stat === undefined || sha256 === undefined) return undefined;
    const sourceSha256 =
      source === undefined ? undefined : await sha256File(resolve(runtime.folder, source));
    const { size, mode } = stat;
    return { path, size, sha256, mode, asSource: sourceSha256 === sha256 };
  },
  create: async (context, want) => {
    const mode = want.mode === undefined ? 0o644 : modeBits(want.mode);
    await write(context, want, mode);
  },
  aspects: {
    file: {
      fields: {
        contents: {
          want: ({ contents }) => (contents === undefined ? undefined : digest(bytesOf(contents))),
          have: ({ size, sha256 }: FileHave) => ({ size, sha256 }),
          show: showSize,
        },
        source: {
          want: ({ source }) => source,
          have: ({ size, asSource }: FileHave) => ({ size, asSource }),
          equal: (_source, have) => (have as { asSource: boolean }).asSource,
          show: (value) => (typeof value === "string" ? value : showSize(value)),
        },
        mode: {
          want: ({ mode }) => (mode === undefined ? undefined : modeBits(mode)),
          have: ({ mode }: FileHave) => mode,
          show: showMode,
        },
      },
      apply: async (context, { want, have, fields }) => {
        const mode = want.mode === undefined ? undefined : modeBits(want.mode);
        if (fields.has("contents") || fields.has("source")) await write(context, want, mode);
        else if (mode !== undefined) await context.target.setMode(have.path, mode);
      },
    },
  },
  properties: { Path: ({ path }: FileHave): string => path },
});

interface Contents {
  readonly name: string;
  readonly contents?: unknown;
  readonly source?: string | undefined;
}

async function write(
  { target, runtime }: StepContext,
  { name, contents, source }: Contents,
  mode: number | undefined,
): Promise<void> {
  const path = target.resolve(name);
  await requireParent(target, path);
  const bytes =
    source === undefined ? bytesOf(contents) : await sourceBytes(runtime.folder, source);
  await target.write(path, bytes, { mode });
}

async function sourceBytes(folder: string, source: string): Promise<Uint8Array> {
  const path = resolve(folder, source);
  const bytes = await readIfExists(path);
  if (bytes !== undefined) return bytes;
  throw new TouchdownError("FILE_MISSING", `there is no source ${path}`, {
    hint: "sources are looked for from the Touchdownfile's folder",
  });
}

function bytesOf(contents: unknown): Uint8Array {
  return contents instanceof Uint8Array ? contents : Buffer.from(String(contents));
}

function digest(bytes: Uint8Array): { size: number; sha256: string } {
  return { size: bytes.length, sha256: sha256Hex(bytes) };
}

function showSize(value: unknown): string {
  const { size } = value as { size: number };
  return size === 1 ? "1 byte" : `${size} bytes`;
}
