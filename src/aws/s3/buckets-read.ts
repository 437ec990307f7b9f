/** Many buckets at once: ten thousand a call from ListBuckets, the tags of a hundred from GetResources. */
import type { Bucket } from "@aws-sdk/client-s3";
import type { ReadAll } from "../../core/define.ts";
import type { Owned } from "../../core/owned.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { commonPrefix, findInList, ifAllowed } from "../listed.ts";
import type { Listed } from "../listed.ts";
import { hasTags, ownedTags, tagsOfDeclared } from "../tagged.ts";
import type { Tags } from "../tags.ts";
import { bucketParts, declares, leftOut, notedParts, readParts } from "./bucket-parts.ts";
import { arnOf, isReferredTo, noSuchBucket } from "./bucket-read.ts";
import type { BucketState } from "./bucket-read.ts";
import { bucketPage, firstBuckets } from "./bucket-regions.ts";
import type { BucketArgs } from "./bucket-schema.ts";
import { readTags } from "./bucket-tags.ts";

type TagsByArn = ReadonlyMap<string, Tags>;

/**
 * A list shows neither tags nor parts. Of those parts are read that are declared, or that touchdown has set; which these
 * are is noted in a tag, and without it all are read. What somebody else changed of others is found by `--refresh=full`.
 */
export const readBuckets: ReadAll<BucketArgs, BucketState, AwsContext> = {
  from: 1,
  partial: true,
  read: async (context, wants, owned) => {
    // of one that is only referred to, HeadBucket says as much
    if (wants.length === 1 && wants.every(isReferredTo)) return () => undefined;
    const names = new Set(wants.map(({ name }) => name));
    const read = await ifAllowed(context, { what: "buckets", count: names.size }, () => {
      const listed = listBuckets(context, names, owned);
      return Promise.all([listed, listTags(context, { wants, owned, listed })]);
    });
    if (read === undefined) return () => undefined;
    const [{ items }, tags] = read;
    return async (want) => {
      const region = items.get(want.name)?.BucketRegion;
      // another account's, or made so late that it is not listed: who reads it by itself is told
      if (region === undefined) return undefined;
      const found = { name: want.name, region };
      if (isReferredTo(want)) return { have: { ...found, ...leftOut, tags: {} } };
      return unlessMissing(noSuchBucket, async () => {
        const known = hasTags(want) ? await tagsOf(context, found, tags) : {};
        return { have: { ...found, ...(await partsOf(context, want, known)), tags: known } };
      });
    };
  },
};

async function listBuckets(
  context: AwsContext,
  names: ReadonlySet<string>,
  owned: Owned | undefined,
) {
  // the search for what is no longer declared needs to know where there are any
  const prefix = owned === undefined ? commonPrefix([...names]) : "";
  return findInList<Bucket>(
    names,
    ({ Name }) => Name,
    (token) =>
      owned !== undefined && token === undefined
        ? firstBuckets(context, owned)
        : bucketPage(context, token, prefix),
    callsEach,
  );
}

/** HeadBucket and GetBucketTagging. */
const callsEach = 2;

interface Declared {
  readonly wants: readonly BucketArgs[];
  readonly owned: Owned | undefined;
  readonly listed: Promise<Listed<Bucket>>;
}

/** The tagging API lists a bucket only where it is. */
async function listTags(
  context: AwsContext,
  { wants, owned, listed }: Declared,
): Promise<TagsByArn> {
  const isTaggedHere = ({ BucketRegion }: Bucket): boolean => BucketRegion === context.region;
  const near = tagsOfDeclared(context, { types: ["s3"], wants, owned, listed, isTaggedHere });
  if (owned === undefined) return (await near) ?? new Map();
  // in regions that are named, the search for what is no longer declared lists them as well
  const regions = new Set(wants.flatMap(({ region = context.region }) => region));
  regions.delete(context.region);
  const far = [...regions].map((region) => ownedTags(context, owned, region));
  const [first, ...others] = await Promise.all([near, ...far]);
  return new Map([...(first ?? []), ...others.flatMap((each) => [...each])]);
}

type Found = Pick<BucketState, "name" | "region">;

async function tagsOf(context: AwsContext, found: Found, tags: TagsByArn): Promise<Tags> {
  return tags.get(arnOf(found)) ?? readTags(await context.client("s3"), found.name);
}

/** What is not noted in a tag is never passed over. */
async function partsOf(context: AwsContext, want: BucketArgs, tags: Tags) {
  const noted = notedParts(tags);
  const parts = bucketParts.filter(
    (part) => noted === undefined || noted.has(part) || declares(want, part),
  );
  return readParts(await context.client("s3"), want.name, parts);
}
