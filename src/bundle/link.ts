/** A symbolic link. */
import { defineResource } from "../core/define.ts";
import { orRef } from "../core/input.ts";
import { strictObject } from "../core/strict-object.ts";
import { pathSchema } from "./path-schema.ts";
import { inWay, requireParent } from "./place.ts";
import type { StepContext } from "./step-context.ts";

interface LinkHave {
  readonly path: string;
  readonly to: string;
}

export const link = defineResource({
  type: "bundle.link",
  noun: "link",
  schema: strictObject({
    /** The link itself, relative to the Touchdownfile's folder. Its folder must be there. */
    name: pathSchema,
    /** Where it leads, written into it as it is: relative to the link's own folder. */
    to: orRef(pathSchema),
  }),
  key: ["name"],
  looksLast: "after such",
  createText: "will be made",
  pendingText: "may be made",
  leaves: "files of bundles stay",
  read: async ({ target }: StepContext, { name }): Promise<LinkHave | undefined> => {
    const path = target.resolve(name);
    const to = await target.readLink(path);
    if (to !== undefined) return { path, to };
    const there = await target.stat(path);
    if (there === undefined) return undefined;
    throw inWay(path, "link", there.kind === "other" ? "something else" : there.kind);
  },
  create: async ({ target }, { name, to }) => {
    const path = target.resolve(name);
    await requireParent(target, path);
    await target.makeLink(path, to);
  },
  aspects: {
    to: {
      fields: { to: { want: ({ to }) => to, have: ({ to }: LinkHave) => to } },
      apply: ({ target }, { want, have }) => target.makeLink(have.path, want.to),
    },
  },
  properties: { Path: ({ path }: LinkHave): string => path },
});
