/**
 * Many roles at once. GetAccountAuthorizationDetails has their policies, tags and boundaries, ListRoles their
 * descriptions and session durations; neither has both.
 */
import type { Role, RoleDetail } from "@aws-sdk/client-iam";
import type { AwsContext } from "../context.ts";
import { findInList, ifAllowed } from "../listed.ts";
import type { Page } from "../pages.ts";
import { stateOf } from "./role-read.ts";
import type { RoleState } from "./role-read.ts";

interface Want {
  readonly name: string;
}

/** @source IAM API, both calls: MaxItems, at most 1000; IAM may give fewer */
const rolesPerPage = 1_000;

/** GetRole, ListRolePolicies and ListAttachedRolePolicies. */
const callsEach = 3;

export const readRoles = {
  from: 2,
  read: async (context: AwsContext, wants: readonly Want[]) => {
    const names = new Set(wants.map(({ name }) => name));
    const read = await ifAllowed(context, { what: "roles", count: names.size }, () =>
      Promise.all([listDetails(context, names), listRoles(context, names)]),
    );
    if (read === undefined) return () => undefined;
    const [details, roles] = read;
    return ({ name }: Want): { have: RoleState | undefined } | undefined => {
      const detail = details.items.get(name);
      const role = roles.items.get(name);
      // IAM is late in listing what was just made, so that one that is not listed is asked for
      return detail === undefined || role === undefined
        ? undefined
        : { have: stateOf({ ...role, ...detail }, detail) };
    };
  },
};

const nameOf = ({ RoleName }: { readonly RoleName?: string | undefined }): string | undefined =>
  RoleName;

async function listDetails(context: AwsContext, names: ReadonlySet<string>) {
  const page = await roleDetails(context);
  return findInList(names, nameOf, page, callsEach);
}

/** What asks for one page of all roles, with their policies and tags. */
export async function roleDetails({ client }: AwsContext) {
  const iam = await client("iam");
  return async (Marker?: string): Promise<Page<RoleDetail, string>> => {
    const page = await iam.getAccountAuthorizationDetails({
      Filter: ["Role"],
      MaxItems: rolesPerPage,
      ...(Marker === undefined ? {} : { Marker }),
    });
    return {
      items: page.RoleDetailList,
      next: page.IsTruncated === true ? page.Marker : undefined,
    };
  };
}

async function listRoles(context: AwsContext, names: ReadonlySet<string>) {
  const iam = await context.client("iam");
  return findInList<Role>(
    names,
    nameOf,
    async (Marker) => {
      const page = await iam.listRoles({
        MaxItems: rolesPerPage,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: page.Roles, next: page.IsTruncated === true ? page.Marker : undefined };
    },
    callsEach,
  );
}
