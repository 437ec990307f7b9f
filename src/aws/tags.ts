/** Tags, the same for every resource that has them. */
import * as z from "zod/mini";
import type { Field } from "../core/define.ts";
import { orRef } from "../core/input.ts";
import type { Ownership } from "../core/mark.ts";

export type Tags = Readonly<Record<string, string>>;

/** Tag keys that touchdown writes begin with it. */
const ours = "touchdown:";

/** @source AWS tagging best practices, tag naming limits and requirements */
const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const tagKey = z.string().check(
  z.minLength(1),
  z.maxLength(128),
  z.regex(characters, "may hold letters, digits, spaces and _ . : / = + - @"),
  z.refine((key) => !/^aws:/iu.test(key), "may not begin with aws:, which is AWS's own"),
  z.refine((key) => !key.startsWith(ours), `may not begin with ${ours}, which is touchdown's own`),
);

const tagValue = z
  .string()
  .check(
    z.maxLength(256),
    z.regex(characters, "may hold letters, digits, spaces and _ . : / = + - @"),
  );

/** The `tags` argument: at most 50, values may be refs. */
export const tagsArgument = z._default(
  z
    .record(tagKey, orRef(tagValue))
    .check(z.refine((tags) => Object.keys(tags).length <= 50, "may be at most 50")),
  {},
);

/**
 * The field that compares them. A key that is not declared is left alone: AWS can't say who set it,
 * so one that is taken out of the Touchdownfile stays until somebody removes it.
 */
export function tagsField<
  Want extends { readonly tags: Tags },
  Have extends { readonly tags: Tags },
>(): Field<Want, Have> {
  return { want: ({ tags }) => tags, have: ({ tags }) => tags, onlyDeclaredKeys: true };
}

/** On everything that a workspace with a name declares: that name. */
export const ownerTag = `${ours}workspace`;
/** `true` on what is never to be deleted; the declaration that said so may be gone. */
const protectTag = `${ours}protect`;

/** On what no list shows all of that was declared: what is to be read by itself. */
export const singlyTag = `${ours}singly`;

/** Whose it is, as a tag: where `tags` is an argument, and a field of what is read. */
export const ownedByTag: Ownership<{ readonly tags: Tags }> = {
  mark: (args, { owner, protect }) => ({
    ...args,
    tags: {
      ...(args["tags"] as Tags),
      [ownerTag]: owner,
      ...(protect ? { [protectTag]: "true" } : {}),
    },
  }),
  unmark: ({ tags, ...args }) =>
    tags === undefined
      ? args
      : {
          ...args,
          tags: Object.fromEntries(
            Object.entries(tags as Tags).filter(([key]) => !key.startsWith(ours)),
          ),
        },
  unprotect: (want) => {
    const get = (): Tags => ({ ...(want["tags"] as Tags), [protectTag]: "false" });
    // Arguments that are not known yet stay so: to copy a value would be to read it.
    const others = Object.getOwnPropertyDescriptors(want);
    return Object.defineProperties({}, { ...others, tags: { get, enumerable: true } });
  },
  markOf: ({ tags }) => {
    const owner = tags[ownerTag];
    return owner === undefined ? undefined : { owner, protect: tags[protectTag] === "true" };
  },
  partOf: ({ field }) => {
    if (field === `tags.${ownerTag}`) return "owner";
    return field === `tags.${protectTag}` ? "protect" : undefined;
  },
};

/** AWS's other form of tags: a list of pairs. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagsOfList(
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}
