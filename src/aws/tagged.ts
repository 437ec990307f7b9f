/** What the tagging API says of many resources at once: a hint, as it may lag behind. */
import { unlessSuspended } from "../core/want.ts";
import type { AwsContext } from "./context.ts";
import { tagsOfList } from "./tags.ts";
import type { Tags } from "./tags.ts";

interface Filter {
  /** `lambda:function`. */
  readonly types: readonly string[];
  /** Only those that have a tag of this key, and one of these values where any are given. */
  readonly key: string;
  readonly values?: readonly string[];
  /** Of a hundred; when there are more, it stops. Default: all. */
  readonly atMostPages?: number;
}

/** @source Resource Groups Tagging API, GetResources: ResourcesPerPage, at most 100 */
const perPage = 100;

/** Tags by ARN. Roles are not among them: the API does not know IAM's. */
export async function taggedResources(
  context: AwsContext,
  { types, key, values, atMostPages = Infinity }: Filter,
): Promise<ReadonlyMap<string, Tags>> {
  const tagging = await context.client("tagging");
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
    for (const { ResourceARN: arn = "", Tags } of list) tags.set(arn, tagsOfList(Tags));
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

/**
 * The tags of resources that declare some, by ARN; of one that is not among them nothing is known. `undefined`: none of
 * them declares any, so that none count.
 *
 * @param wants  as declared: of their tags only the keys are looked at
 */
export async function tagsOfDeclared(
  context: AwsContext,
  types: readonly string[],
  wants: readonly { readonly tags?: Tags }[],
): Promise<ReadonlyMap<string, Tags> | undefined> {
  const tagged = wants.filter(hasTags);
  if (tagged.length === 0) return undefined;
  const [first = [], ...others] = tagged.map(({ tags = {} }) => Object.keys(tags));
  // one filter finds them all if they have a key in common
  const key = first.find((each) => others.every((keys) => keys.includes(each)));
  if (key === undefined) return new Map();
  return taggedResources(context, { types, key, atMostPages: wants.length });
}
