/** A folder. */
import * as z from "zod/mini";
import { defineResource } from "../core/define.ts";
import { strictObject } from "../core/strict-object.ts";
import { modeBits, modeSchema, showMode } from "./mode.ts";
import { pathSchema } from "./path-schema.ts";
import { statAs } from "./place.ts";
import type { StepContext } from "./step-context.ts";

interface DirectoryHave {
  readonly path: string;
  readonly mode: number;
}

export const directory = defineResource({
  type: "bundle.directory",
  noun: "directory",
  schema: strictObject({
    /** Relative to the Touchdownfile's folder; folders above it are made as well. */
    name: pathSchema,
    /**
     * Permissions, as `0o755` or `"0755"`. Left out, a new folder gets 0755 and an existing one
     * keeps its own.
     */
    mode: z.optional(modeSchema),
  }),
  key: ["name"],
  looksLast: "after such",
  createText: "will be made",
  pendingText: "may be made",
  leaves: "files of bundles stay",
  read: async ({ target }: StepContext, { name }): Promise<DirectoryHave | undefined> => {
    const path = target.resolve(name);
    const stat = await statAs(target, path, "folder");
    return stat === undefined ? undefined : { path, mode: stat.mode };
  },
  create: async ({ target }, { name, mode }) => {
    await target.makeFolder(target.resolve(name), {
      mode: mode === undefined ? 0o755 : modeBits(mode),
    });
  },
  aspects: {
    mode: {
      fields: {
        mode: {
          want: ({ mode }) => (mode === undefined ? undefined : modeBits(mode)),
          have: ({ mode }: DirectoryHave) => mode,
          show: showMode,
        },
      },
      apply: async ({ target }, { want, have }) => {
        if (want.mode !== undefined) await target.setMode(have.path, modeBits(want.mode));
      },
    },
  },
  properties: { Path: ({ path }: DirectoryHave): string => path },
});
