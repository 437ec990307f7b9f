/** A role as AWS has it. */
import type { IAM, Role } from "@aws-sdk/client-iam";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { allPages } from "../pages.ts";
import { tagsOfList } from "../tags.ts";

/** Policy documents are JSON text. */
export interface RoleState {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly description: string;
  readonly assumeRolePolicy: string;
  readonly permissionsBoundary: string | undefined;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly tags: Readonly<Record<string, string>>;
  /** By name; empty where they were not asked for. */
  readonly policies: Readonly<Record<string, string>>;
  /** ARNs; empty where they were not asked for. */
  readonly managedPolicies: readonly string[];
}

interface ReadOptions {
  /** Read its policies too, which takes more calls and more permissions. */
  readonly policies: boolean;
}

/** IAM's name for what is not there. */
export const noSuchEntity = "NoSuchEntityException";

export async function readRole(
  context: AwsContext,
  name: string,
  options: ReadOptions,
): Promise<RoleState | undefined> {
  const iam = await context.client("iam");
  return unlessMissing(noSuchEntity, async () => {
    const { Role: role } = await iam.getRole({ RoleName: name });
    if (role === undefined) return undefined;
    const [policies, managedPolicies] = options.policies
      ? await Promise.all([inlinePolicies(iam, name), managedPolicyArns(iam, name)])
      : [{}, []];
    return { ...stateOf(role), policies, managedPolicies };
  });
}

/** As GetRole gives it, or as two lists together do; policies are in the second list. */
export function stateOf(
  role: Role,
  { RolePolicyList, AttachedManagedPolicies }: Policies = {},
): RoleState {
  const policies = RolePolicyList?.map(
    ({ PolicyName = "", PolicyDocument }) => [PolicyName, documentText(PolicyDocument)] as const,
  );
  return {
    policies: Object.fromEntries(policies ?? []),
    managedPolicies: AttachedManagedPolicies?.map(({ PolicyArn = "" }) => PolicyArn) ?? [],
    arn: role.Arn ?? "",
    name: role.RoleName ?? "",
    id: role.RoleId ?? "",
    path: role.Path ?? "/",
    description: role.Description ?? "",
    assumeRolePolicy: documentText(role.AssumeRolePolicyDocument),
    permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
    maxSessionDuration: role.MaxSessionDuration ?? 3600,
    tags: tagsOfList(role.Tags),
  };
}

interface Policies {
  readonly RolePolicyList?:
    | readonly {
        readonly PolicyName?: string | undefined;
        readonly PolicyDocument?: string | undefined;
      }[]
    | undefined;
  readonly AttachedManagedPolicies?:
    | readonly { readonly PolicyArn?: string | undefined }[]
    | undefined;
}

/** @source IAM API, GetRole: policies returned by this operation are URL-encoded (RFC 3986) */
function documentText(encoded: string | undefined): string {
  return decodeURIComponent(encoded ?? "");
}

async function inlinePolicies(iam: IAM, name: string): Promise<Readonly<Record<string, string>>> {
  const names = await inlinePolicyNames(iam, name);
  const documents = await Promise.all(
    names.map(async (PolicyName) => {
      const answer = await unlessMissing(noSuchEntity, () =>
        iam.getRolePolicy({ RoleName: name, PolicyName }),
      );
      return answer === undefined
        ? []
        : [[PolicyName, documentText(answer.PolicyDocument)] as const];
    }),
  );
  return Object.fromEntries(documents.flat());
}

export function inlinePolicyNames(iam: IAM, name: string): Promise<readonly string[]> {
  return allPages(async (marker) => {
    const page = await iam.listRolePolicies({ RoleName: name, ...markerOf(marker) });
    return { items: page.PolicyNames, next: page.Marker };
  });
}

export function managedPolicyArns(iam: IAM, name: string): Promise<readonly string[]> {
  return allPages(async (marker) => {
    const page = await iam.listAttachedRolePolicies({ RoleName: name, ...markerOf(marker) });
    const items = page.AttachedPolicies?.map(({ PolicyArn = "" }) => PolicyArn);
    return { items, next: page.Marker };
  });
}

export function instanceProfileNames(iam: IAM, name: string): Promise<readonly string[]> {
  return allPages(async (marker) => {
    const page = await iam.listInstanceProfilesForRole({ RoleName: name, ...markerOf(marker) });
    const items = page.InstanceProfiles?.map((profile) => profile.InstanceProfileName ?? "");
    return { items, next: page.Marker };
  });
}

function markerOf(marker: string | undefined): { Marker?: string } {
  return marker === undefined ? {} : { Marker: marker };
}
