/**
 * The tagging API over the fakes of services: a hundred resources a call, those with a tag.
 *
 * @source Resource Groups Tagging API, GetResources
 */
import type { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import { page } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

export interface Tagged {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** @param all  every resource of the account and region that can have tags */
export function fakeTagging(
  all: () => readonly Tagged[] | Promise<readonly Tagged[]>,
): FakeOf<ResourceGroupsTaggingAPI> {
  return {
    getResources: async ({
      ResourceTypeFilters: types = [],
      TagFilters: filters = [],
      ResourcesPerPage: perPage = 50,
      PaginationToken: token,
    }) => {
      const matching = (await all()).filter(
        ({ arn, tags }) =>
          Object.keys(tags).length > 0 &&
          (types.length === 0 || types.some((type) => isOfType(arn, type))) &&
          filters.every(({ Key = "", Values = [] }) => {
            const value = tags[Key];
            return value !== undefined && (Values.length === 0 || Values.includes(value));
          }),
      );
      const { items, next } = page(matching, token === "" ? undefined : token, perPage);
      const list = items.map(({ arn, tags }) => ({
        ResourceARN: arn,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }));
      return { ResourceTagMappingList: list, PaginationToken: next ?? "" };
    },
  };
}

/** `lambda:function` of `arn:aws:lambda:eu-west-1:123456789012:function:f`. */
function isOfType(arn: string, type: string): boolean {
  const [service, kind] = type.split(":");
  const [, , ofService, , , resource = ""] = arn.split(":");
  return service === ofService && (kind === undefined || resource.split("/")[0] === kind);
}
