/** What the tagging API says of many resources at once: a hint, as it may lag behind. */
import type { Owned } from "../core/owned.ts";
import { unlessSuspended } from "../core/want.ts";
import type { AwsContext } from "./context.ts";
import { ownerTag, tagsOfList } from "./tags.ts";
import type { Tags } from "./tags.ts";

interface Filter {
  /** `lambda:function`. */
  readonly types: readonly string[];
  /** Only those that have a tag of this key, and one of these values where any are given. */
  readonly key: string;
  readonly values?: readonly string[];
  /** Default: the context's. */
  readonly region?: string;
  /** Of a hundred; when there are more, it stops. Default: all. */
  readonly atMostPages?: number;
}

/** @source Resource Groups Tagging API, GetResources: ResourcesPerPage, at most 100 */
const perPage = 100;

/** Tags by ARN, of log groups without `:*`. Roles are not among them: the API does not know IAM's. */
export async function taggedResources(
  context: AwsContext,
  { types, key, values, region = context.region, atMostPages = Infinity }: Filter,
): Promise<ReadonlyMap<string, Tags>> {
  const elsewhere = region === context.region ? {} : { region };
  const tagging = await context.client("tagging", elsewhere);
  const tags = new Map<string, Tags>();
  let token: string | undefined;
  for (let page = 0; page < atMostPages; page += 1) {
    const { ResourceTagMappingList: list = [], PaginationToken: next } = await tagging.getResources(
      {
        ResourceTypeFilters: [...types],
        TagFilters: [{ Key: key, ...(values === undefined ? {} : { Values: [...values] }) }],
        ResourcesPerPage: perPage,
        ...(token === undefined ? {} : { PaginationToken: token }),
      },
    );
    for (const { ResourceARN: arn = "", Tags } of list)
      tags.set(arn.replace(/:\*$/u, ""), tagsOfList(Tags));
    if (next === undefined || next === "") break;
    token = next;
  }
  return tags;
}

/** Whether tags are declared and known; of a resource that is only referred to there are none. */
export function hasTags(want: { readonly tags?: Tags }): boolean {
  const tags = unlessSuspended(() => want.tags);
  return tags.known && tags.value !== undefined && Object.keys(tags.value).length > 0;
}

/** @source Resource Groups Tagging API, ResourceTypeFilters */
const ownedTypes = ["lambda:function", "sqs", "logs:log-group", "s3"];

/**
 * Tags of all that a workspace owns in an account and region, by ARN; roles aside.
 *
 * @param region  default: the context's
 */
export async function ownedTags(
  context: AwsContext,
  { owner, placeOf, once }: Owned,
  region = context.region,
): Promise<ReadonlyMap<string, Tags>> {
  const account = await placeOf("aws.iam.role");
  return once(`tagged ${account} ${region}`, () =>
    taggedResources(context, { types: ownedTypes, key: ownerTag, values: [owner], region }),
  );
}

interface Declared<T> {
  readonly types: readonly string[];
  /** Of their tags only the keys are looked at. */
  readonly wants: readonly { readonly name: string; readonly tags?: Tags }[];
  readonly owned: Owned | undefined;
  /** Those that there are, by name. */
  readonly listed: Promise<{ readonly items: ReadonlyMap<string, T> }>;
  /** Whether the tagging API may know it. Default: it may. */
  readonly isTaggedHere?: (item: T) => boolean;
}

/**
 * The tags of resources that declare some, by ARN; of one that is not among them nothing is known. `undefined`: none of
 * them declares any, so that none count.
 */
export async function tagsOfDeclared<T>(
  context: AwsContext,
  { types, wants, owned, listed, isTaggedHere = () => true }: Declared<T>,
): Promise<ReadonlyMap<string, Tags> | undefined> {
  const tagged = wants.filter(hasTags);
  if (tagged.length === 0) return undefined;
  if (owned === undefined) return tagsByKey(context, types, tagged);
  const [mine, { items }] = await Promise.all([ownedTags(context, owned), listed]);
  const known = new Set([...mine.keys()].map(nameInArn));
  const others = tagged.filter(({ name }) => {
    const item = items.get(name);
    return item !== undefined && isTaggedHere(item) && !known.has(name);
  });
  return withOthers(mine, others.length, () => tagsByKey(context, types, others));
}

/** Tags of what the workspace owns, and of so many others where it takes fewer calls to list them than to read each. */
export async function withOthers(
  mine: ReadonlyMap<string, Tags>,
  count: number,
  list: () => Promise<ReadonlyMap<string, Tags>>,
): Promise<ReadonlyMap<string, Tags>> {
  return count < 2 ? mine : new Map([...(await list()), ...mine]);
}

/** One filter finds them all if they have a key in common. */
async function tagsByKey(
  context: AwsContext,
  types: readonly string[],
  wants: Declared<unknown>["wants"],
): Promise<ReadonlyMap<string, Tags>> {
  const [first = [], ...others] = wants.map(({ tags = {} }) => Object.keys(tags));
  const key = first.find((each) => others.every((keys) => keys.includes(each)));
  if (key === undefined) return new Map();
  return taggedResources(context, { types, key, atMostPages: wants.length });
}

/** Of kinds whose names hold no colon. */
function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}
