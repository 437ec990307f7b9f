/** What touchdown has set of a bucket is noted in a tag: no list shows it, so that it is read by itself. */
import type { Aspect, Field } from "../../core/define.ts";
import type { AwsContext } from "../context.ts";
import { hasTags } from "../tagged.ts";
import { singlyTag, tagsField } from "../tags.ts";
import { setTags } from "./bucket-change.ts";
import { declares, notedParts, noteOf, partsToNote } from "./bucket-parts.ts";
import type { BucketPart } from "./bucket-parts.ts";
import type { BucketState } from "./bucket-read.ts";
import type { BucketArgs } from "./bucket-schema.ts";

type BucketAspect = Aspect<BucketArgs, BucketState, AwsContext>;

/** A part by itself, noted before it is set: one that is set and not noted would not be seen. */
export function partAspect(
  part: BucketPart,
  field: Field<BucketArgs, BucketState>,
  set: (context: AwsContext, want: BucketArgs) => Promise<void>,
): BucketAspect {
  return {
    fields: { [part]: field },
    apply: async (context, { want, have }) => {
      const noted = notedParts(have.tags);
      if (noted?.has(part) === false && declares(want, part)) {
        const note = noteOf([...noted, part]);
        await setTags(context, want.name, { want: note, have: have.tags });
      }
      await set(context, want);
    },
  };
}

/** Declared tags, and with them the note, where there is none yet: all parts were made as declared before. */
export const tagsAspect: BucketAspect = {
  fields: { tags: tagsField() },
  apply: (context, { want, have }) => {
    const note = notedParts(have.tags) === undefined ? noteOf(partsToNote(want, have)) : {};
    return setTags(context, want.name, { want: { ...want.tags, ...note }, have: have.tags });
  },
};

/**
 * Written last, once what is left out has been put back: without it all of the bucket is read. Only where it has tags at all: who declares none need not be
 * allowed to write any.
 */
export const notedAspect: BucketAspect = {
  fields: {
    noted: {
      want: (want, have) =>
        have === undefined || !isTagged(want, have)
          ? undefined
          : noteOf(partsToNote(want, have))[singlyTag],
      have: ({ tags }) => tags[singlyTag] ?? "nothing yet",
      action: "note what is read by itself",
    },
  },
  apply: (context, { want, have }) =>
    setTags(context, want.name, { want: noteOf(partsToNote(want, have)), have: have.tags }),
};

/** Whether it has the tags that are declared. */
function isTagged(want: BucketArgs, have: BucketState): boolean {
  return (
    hasTags(want) && Object.entries(want.tags).every(([key, value]) => have.tags[key] === value)
  );
}
