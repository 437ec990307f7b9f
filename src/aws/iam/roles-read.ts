/**
 * Many roles at once. GetAccountAuthorizationDetails has their policies, tags and boundaries, ListRoles their
 * descriptions and session durations; neither has both.
 */
import type { Role, RoleDetail } from "@aws-sdk/client-iam";
import type { Owned } from "../../core/owned.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { findInList, ifAllowed } from "../listed.ts";
import { allPages } from "../pages.ts";
import type { Page } from "../pages.ts";
import { noSuchEntity, stateOf } from "./role-read.ts";
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
  fromOwned: 1,
  read: async (context: AwsContext, wants: readonly Want[], owned?: Owned) => {
    const names = new Set(wants.map(({ name }) => name));
    const read = await ifAllowed(context, { what: "roles", count: names.size }, () =>
      owned === undefined
        ? Promise.all([listDetails(context, names), listRoles(context, names, callsEach)])
        : // with all details, GetRole tells the rest of one
          Promise.all([detailsByName(context, owned), listRoles(context, names, 1)]),
    );
    if (read === undefined) return () => undefined;
    const [details, roles] = read;
    return async ({ name }: Want): Promise<{ have: RoleState } | undefined> => {
      const detail = details.get(name);
      // IAM is late in listing what was just made, so that one that is not listed is asked for
      if (detail === undefined) return undefined;
      const role = roles.get(name) ?? (await getRole(context, name));
      return role === undefined ? undefined : { have: stateOf({ ...role, ...detail }, detail) };
    };
  },
};

const nameOf = ({ RoleName }: { readonly RoleName?: string | undefined }): string | undefined =>
  RoleName;

type ByName<T> = ReadonlyMap<string, T>;

async function listDetails(
  context: AwsContext,
  names: ReadonlySet<string>,
): Promise<ByName<RoleDetail>> {
  const page = await roleDetails(context);
  return (await findInList(names, nameOf, page, callsEach)).items;
}

async function detailsByName(context: AwsContext, owned: Owned): Promise<ByName<RoleDetail>> {
  const all = await allRoleDetails(context, owned);
  return new Map(all.map((detail) => [nameOf(detail) ?? "", detail]));
}

/** Of every role of the account, once a run. */
export async function allRoleDetails(
  context: AwsContext,
  { placeOf, once }: Owned,
): Promise<readonly RoleDetail[]> {
  const account = await placeOf("aws.iam.role");
  return once(`roles ${account}`, async () => allPages(await roleDetails(context)));
}

/** What asks for one page of all roles, with their policies and tags. */
async function roleDetails({ client }: AwsContext) {
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

/** Of one by itself, GetRole says as much in as many calls, however many roles there are. */
async function listRoles(
  context: AwsContext,
  names: ReadonlySet<string>,
  each: number,
): Promise<ByName<Role>> {
  if (names.size * each === 1) return new Map();
  const iam = await context.client("iam");
  const listed = await findInList<Role>(
    names,
    nameOf,
    async (Marker) => {
      const page = await iam.listRoles({
        MaxItems: rolesPerPage,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: page.Roles, next: page.IsTruncated === true ? page.Marker : undefined };
    },
    each,
  );
  return listed.items;
}

async function getRole(context: AwsContext, RoleName: string): Promise<Role | undefined> {
  const iam = await context.client("iam");
  return (await unlessMissing(noSuchEntity, () => iam.getRole({ RoleName })))?.Role;
}
