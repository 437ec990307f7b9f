/** IAM's roles as AWS documents them, in memory. */
import type { IAM, Tag } from "@aws-sdk/client-iam";
import type { Clock } from "../../../src/core/runtime.ts";
import { fakeAccountId, page, Refusal } from "./fake-service.ts";
import type { FakeOf } from "./fake-service.ts";

interface FakeRole {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly path: string;
  readonly created: Date;
  trust: string;
  description: string | undefined;
  maxSessionDuration: number;
  boundary: string | undefined;
  readonly tags: Map<string, string>;
  readonly policies: Map<string, string>;
  readonly attached: Set<string>;
  readonly instanceProfiles: Set<string>;
}

export type FakeIam = FakeOf<IAM> & {
  /** Put a role into an instance profile, as somebody with EC2 does. */
  readonly addToInstanceProfile: (role: string, profile: string) => void;
  readonly roles: ReadonlyMap<string, FakeRole>;
};

export function fakeIam(clock: Pick<Clock, "now"> = Date): FakeIam {
  const roles = new Map<string, FakeRole>();
  const roleOf = (name: string | undefined): FakeRole => {
    const role = roles.get(name ?? "");
    if (role === undefined) throw missing(`The role with name ${name ?? ""} cannot be found.`);
    return role;
  };
  return {
    ...roleCalls(roles, roleOf, clock),
    ...policyCalls(roleOf),
    ...otherCalls(roleOf),
    ...listCalls(roles),
    addToInstanceProfile: (role, profile) => void roleOf(role).instanceProfiles.add(profile),
    roles,
  };
}

type RoleOf = (name: string | undefined) => FakeRole;

function roleCalls(
  roles: Map<string, FakeRole>,
  roleOf: RoleOf,
  { now }: Pick<Clock, "now">,
): FakeOf<IAM> {
  return {
    createRole: async (input) => {
      const name = input.RoleName ?? "";
      if (roles.has(name)) {
        throw new Refusal("EntityAlreadyExistsException", `Role with name ${name} already exists.`);
      }
      const role: FakeRole = {
        name,
        createdAt: now(),
        path: input.Path ?? "/",
        created: new Date(0),
        trust: document(input.AssumeRolePolicyDocument),
        description: input.Description,
        maxSessionDuration: input.MaxSessionDuration ?? 3600,
        boundary: input.PermissionsBoundary,
        tags: new Map(),
        policies: new Map(),
        attached: new Set(),
        instanceProfiles: new Set(),
      };
      setTags(role, input.Tags);
      roles.set(name, role);
      return { Role: shownRole(role) };
    },
    getRole: async ({ RoleName }) => ({ Role: shownRole(roleOf(RoleName)) }),
    updateRole: async ({ RoleName, Description, MaxSessionDuration }) => {
      const role = roleOf(RoleName);
      if (Description !== undefined) role.description = Description;
      role.maxSessionDuration = MaxSessionDuration ?? 3600;
      return {};
    },
    updateAssumeRolePolicy: async ({ RoleName, PolicyDocument }) => {
      roleOf(RoleName).trust = document(PolicyDocument);
      return {};
    },
    deleteRole: async ({ RoleName }) => {
      const role = roleOf(RoleName);
      if (role.policies.size > 0) throw conflict("must delete policies first.");
      if (role.attached.size > 0) throw conflict("must detach all policies first.");
      if (role.instanceProfiles.size > 0) {
        throw conflict("must remove roles from instance profile first.");
      }
      roles.delete(role.name);
      return {};
    },
  };
}

function policyCalls(roleOf: RoleOf): FakeOf<IAM> {
  return {
    putRolePolicy: async ({ RoleName, PolicyName, PolicyDocument }) => {
      roleOf(RoleName).policies.set(PolicyName ?? "", document(PolicyDocument));
      return {};
    },
    getRolePolicy: async ({ RoleName, PolicyName = "" }) => {
      const text = roleOf(RoleName).policies.get(PolicyName);
      if (text === undefined)
        throw missing(`The role policy with name ${PolicyName} is not there.`);
      return { RoleName, PolicyName, PolicyDocument: encoded(text) };
    },
    deleteRolePolicy: async ({ RoleName, PolicyName = "" }) => {
      if (!roleOf(RoleName).policies.delete(PolicyName)) {
        throw missing(`The role policy with name ${PolicyName} cannot be found.`);
      }
      return {};
    },
    listRolePolicies: async ({ RoleName, Marker }) => {
      const { items, next } = page([...roleOf(RoleName).policies.keys()], Marker);
      return { PolicyNames: items, ...truncated(next) };
    },
    attachRolePolicy: async ({ RoleName, PolicyArn = "" }) => {
      if (PolicyArn.includes("absent")) throw missing(`Policy ${PolicyArn} does not exist.`);
      roleOf(RoleName).attached.add(PolicyArn);
      return {};
    },
    detachRolePolicy: async ({ RoleName, PolicyArn = "" }) => {
      if (!roleOf(RoleName).attached.delete(PolicyArn)) {
        throw missing(`Policy ${PolicyArn} was not found.`);
      }
      return {};
    },
    listAttachedRolePolicies: async ({ RoleName, Marker }) => {
      const { items, next } = page([...roleOf(RoleName).attached], Marker);
      const AttachedPolicies = items.map((PolicyArn) => ({
        PolicyArn,
        PolicyName: PolicyArn.split("/").at(-1),
      }));
      return { AttachedPolicies, ...truncated(next) };
    },
  };
}

function otherCalls(roleOf: RoleOf): FakeOf<IAM> {
  return {
    putRolePermissionsBoundary: async ({ RoleName, PermissionsBoundary }) => {
      roleOf(RoleName).boundary = PermissionsBoundary;
      return {};
    },
    deleteRolePermissionsBoundary: async ({ RoleName }) => {
      const role = roleOf(RoleName);
      if (role.boundary === undefined) throw missing("The role has no permissions boundary.");
      role.boundary = undefined;
      return {};
    },
    tagRole: async ({ RoleName, Tags }) => {
      setTags(roleOf(RoleName), Tags);
      return {};
    },
    listInstanceProfilesForRole: async ({ RoleName, Marker }) => {
      const { items, next } = page([...roleOf(RoleName).instanceProfiles], Marker);
      const InstanceProfiles = items.map((InstanceProfileName) => ({
        InstanceProfileName,
        Path: "/",
        InstanceProfileId: "AIPA",
        Arn: `arn:aws:iam::${fakeAccountId}:instance-profile/${InstanceProfileName}`,
        CreateDate: new Date(0),
        Roles: [],
      }));
      return { InstanceProfiles, ...truncated(next) };
    },
    removeRoleFromInstanceProfile: async ({ RoleName, InstanceProfileName = "" }) => {
      if (!roleOf(RoleName).instanceProfiles.delete(InstanceProfileName)) {
        throw missing(`Instance Profile ${InstanceProfileName} cannot be found.`);
      }
      return {};
    },
  };
}

/** What lists show: neither of them all of a role. */
function listCalls(roles: ReadonlyMap<string, FakeRole>): FakeOf<IAM> {
  return {
    listRoles: async ({ Marker }) => {
      const { items, next } = page([...roles.values()], Marker, 3);
      const Roles = items.map((role) => {
        const { Tags: _t, PermissionsBoundary: _b, ...listed } = shownRole(role);
        return listed;
      });
      return { Roles, ...truncated(next) };
    },
    getAccountAuthorizationDetails: async ({ Filter, Marker }) => {
      if (Filter?.join() !== "Role") throw new Error("the fake has only roles");
      const { items, next } = page([...roles.values()], Marker, 4);
      const RoleDetailList = items.map((role) => {
        const { Description: _d, MaxSessionDuration: _m, ...shown } = shownRole(role);
        return {
          ...shown,
          RolePolicyList: [...role.policies].map(([PolicyName, text]) => ({
            PolicyName,
            PolicyDocument: encoded(text),
          })),
          AttachedManagedPolicies: [...role.attached].map((PolicyArn) => ({ PolicyArn })),
        };
      });
      return { RoleDetailList, ...truncated(next) };
    },
  };
}

function shownRole(role: FakeRole) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: `AROA${role.name.toUpperCase()}`,
    Arn: `arn:aws:iam::${fakeAccountId}:role${role.path}${role.name}`,
    CreateDate: role.created,
    AssumeRolePolicyDocument: encoded(role.trust),
    MaxSessionDuration: role.maxSessionDuration,
    Tags: [...role.tags].map(([Key, Value]) => ({ Key, Value })),
    ...(role.description === undefined ? {} : { Description: role.description }),
    ...(role.boundary === undefined
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: "PermissionsBoundaryPolicy" as const,
            PermissionsBoundaryArn: role.boundary,
          },
        }),
  };
}

function setTags(role: FakeRole, tags: readonly Tag[] = []): void {
  for (const { Key = "", Value = "" } of tags) role.tags.set(Key, Value);
}

/** IAM keeps a list of one as the one, and an account as its root. */
function document(text: string | undefined): string {
  try {
    const parsed: unknown = JSON.parse(text ?? "");
    return JSON.stringify(parsed, (key, value: unknown) => {
      if (Array.isArray(value) && value.length === 1 && key !== "Statement") return value[0];
      if (key === "AWS" && typeof value === "string" && /^\d{12}$/u.test(value)) {
        return `arn:aws:iam::${value}:root`;
      }
      return value;
    });
  } catch {
    throw new Refusal("MalformedPolicyDocumentException", "This policy contains invalid Json");
  }
}

/** As RFC 3986 has it, which is more than JavaScript's own. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function truncated(next: string | undefined) {
  return next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next };
}

function missing(message: string): Refusal {
  return new Refusal("NoSuchEntityException", message);
}

function conflict(message: string): Refusal {
  return new Refusal("DeleteConflictException", `Cannot delete entity, ${message}`);
}
