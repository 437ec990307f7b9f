/** What the tagging API says of many resources at once: a hint, as it may lag behind. */
import type { AwsContext } from "./context.ts";
import type { Tags } from "./tags.ts";
import { tagsOfList } from "./tags.ts";

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
