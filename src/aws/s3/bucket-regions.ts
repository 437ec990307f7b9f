/** In which regions a workspace's buckets may be: the tagging API knows a bucket only in its own. */
import type { Bucket } from "@aws-sdk/client-s3";
import type { Owned, Search } from "../../core/owned.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import type { Page } from "../pages.ts";
import { allPages } from "../pages.ts";

/**
 * @source S3 API, ListBuckets: max-buckets, at most 10,000; without it S3 does not say in which regions they are
 */
const perPage = 10_000;

/** @param Prefix  of their names; default: all of the account */
export async function bucketPage(
  context: AwsContext,
  token: string | undefined,
  Prefix?: string,
): Promise<Page<Bucket, string>> {
  const s3 = await context.client("s3");
  const { Buckets, ContinuationToken } = await s3.listBuckets({
    MaxBuckets: perPage,
    ...(Prefix === undefined || Prefix === "" ? {} : { Prefix }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
  });
  return { items: Buckets, next: ContinuationToken };
}

/** The first of the account's buckets, which in nearly all accounts are all of them: listed once a run. */
export async function firstBuckets(
  context: AwsContext,
  { once, placeOf }: Owned,
): Promise<Page<Bucket, string>> {
  const account = await placeOf("aws.iam.role");
  return once(`buckets ${account}`, () => bucketPage(context, undefined));
}

/**
 * Regions beside the context's to look for the workspace's buckets in: those that declared buckets name, whose tags were
 * listed for them. A thorough search takes in all in which the account has any; another says which it leaves out, where
 * it knows.
 */
export async function otherRegions(
  context: AwsContext,
  search: Search,
): Promise<ReadonlySet<string>> {
  const { declared, thorough, deletes } = search;
  const buckets = declared.filter(({ type, mode }) => type === "aws.s3.bucket" && mode === "add");
  const named = new Set(
    buckets.map(({ argument }) => argument("region")).filter((each) => typeof each === "string"),
  );
  named.delete(context.region);
  // with one that is declared the account's were listed in any case
  if (!thorough && (buckets.length === 0 || !deletes)) return named;
  const all = await regionsOfAccount(context, search);
  for (const region of await regionsLookedIn(context, search)) all?.delete(region);
  if (thorough) return new Set([...named, ...(all ?? [])]);
  const left = [...(all ?? [])].filter((region) => !named.has(region)).toSorted();
  const account = await search.placeOf("aws.iam.role");
  await search.once(`regions left out of ${account}`, async () => {
    if (left.length === 0) return;
    const message = `buckets in ${left.join(", ")} that are no longer declared were not looked for; --refresh=full does`;
    context.runtime.emit({ type: "warning", message });
  });
  return named;
}

/** By this entry of the account, and by others of it. */
async function regionsLookedIn(
  context: AwsContext,
  { contexts }: Search,
): Promise<readonly string[]> {
  const others = contexts.filter((each) => each !== context) as readonly AwsContext[];
  const accounts = others.map(async ({ accountId, region }) =>
    (await accountId()) === (await context.accountId()) ? [region] : [],
  );
  return [context.region, ...(await Promise.all(accounts)).flat()];
}

/** Undefined, and a warning where that matters, if these credentials may not list them. */
async function regionsOfAccount(
  context: AwsContext,
  search: Search,
): Promise<Set<string> | undefined> {
  try {
    const { items = [], next } = await firstBuckets(context, search);
    const more =
      next === undefined || !search.thorough
        ? []
        : await allPages((token?: string) => bucketPage(context, token ?? next));
    return new Set([...items, ...more].flatMap(({ BucketRegion: region }) => region ?? []));
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ACCESS_DENIED") throw error;
    if (!search.thorough) return undefined;
    const message = `buckets in other regions that are no longer declared were not looked for: ${error.message}`;
    const hint = error.hint === undefined ? "" : `; ${error.hint}`;
    context.runtime.emit({ type: "warning", message: `${message}${hint}` });
    return undefined;
  }
}
