/** An IAM role, with its inline policies and the managed ones attached to it. */
import type { z } from "zod/mini";
import { defineResource } from "../../core/define.ts";
import type { Resolved } from "../../core/ref.ts";
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { policyField, policyJson } from "../policy.ts";
import { ownedByTag, tagList, tagsField } from "../tags.ts";
import {
  changing,
  comparablePolicies,
  deleteRole,
  setBoundary,
  setManagedPolicies,
  setPolicies,
} from "./role-change.ts";
import { readRole } from "./role-read.ts";
import type { RoleState } from "./role-read.ts";
import { readRoles } from "./roles-read.ts";
import { roleSchema } from "./role-schema.ts";

type Want = Resolved<z.output<typeof roleSchema>>;

/** Shown where there is no permissions boundary. */
const noBoundary = "none";

export const role = defineResource({
  type: "aws.iam.role",
  noun: "role",
  schema: roleSchema,
  key: ["name"],
  // A role that is only referred to has no `policies` argument, and needs only iam:GetRole.
  read: (context: AwsContext, want) =>
    readRole(context, want.name, { policies: Object.hasOwn(want, "policies") }),
  readAll: readRoles,
  create: async (context, want) => {
    const iam = await context.client("iam");
    const { permissionsBoundary, tags } = want;
    await changing(context, want.name, () =>
      // IAM may be late in showing the role that a killed run made.
      unlessMissing("EntityAlreadyExistsException", () =>
        iam.createRole({
          RoleName: want.name,
          Path: want.path,
          Description: want.description,
          AssumeRolePolicyDocument: policyJson(want.assumeRolePolicy),
          MaxSessionDuration: want.maxSessionDuration,
          Tags: tagList(tags),
          ...(permissionsBoundary === undefined
            ? {}
            : { PermissionsBoundary: permissionsBoundary }),
        }),
      ),
    );
  },
  aspects: {
    path: {
      fields: {
        path: { want: (want) => want.path, have: (have: RoleState) => have.path, immutable: true },
      },
      apply: () => Promise.resolve(),
    },
    trust: {
      fields: {
        assumeRolePolicy: policyField({
          want: (want: Want) => want.assumeRolePolicy,
          have: (have: RoleState) => have.assumeRolePolicy,
        }),
      },
      apply: async (context, { want }) => {
        const iam = await context.client("iam");
        await changing(context, want.name, () =>
          iam.updateAssumeRolePolicy({
            RoleName: want.name,
            PolicyDocument: policyJson(want.assumeRolePolicy),
          }),
        );
      },
    },
    settings: {
      fields: {
        description: {
          want: (want) => want.description,
          have: (have: RoleState) => have.description,
        },
        maxSessionDuration: {
          want: (want) => want.maxSessionDuration,
          have: (have: RoleState) => have.maxSessionDuration,
        },
      },
      apply: async (context, { want }) => {
        const iam = await context.client("iam");
        await changing(context, want.name, () =>
          iam.updateRole({
            RoleName: want.name,
            Description: want.description,
            MaxSessionDuration: want.maxSessionDuration,
          }),
        );
      },
    },
    permissionsBoundary: {
      fields: {
        permissionsBoundary: {
          want: (want) => want.permissionsBoundary ?? noBoundary,
          have: (have: RoleState) => have.permissionsBoundary ?? noBoundary,
        },
      },
      apply: (context, { want }) => setBoundary(context, want.name, want.permissionsBoundary),
    },
    policies: {
      fields: {
        policies: {
          want: (want) => comparablePolicies(want.policies),
          have: (have: RoleState) => comparablePolicies(have.policies),
        },
      },
      apply: (context, { want, have }) =>
        setPolicies(context, want.name, { want: want.policies, have: have.policies }),
    },
    managedPolicies: {
      fields: {
        managedPolicies: {
          want: (want) => [...new Set(want.managedPolicies)].toSorted(),
          have: (have: RoleState) => have.managedPolicies.toSorted(),
        },
      },
      apply: (context, { want, have }) =>
        setManagedPolicies(context, want.name, {
          want: want.managedPolicies,
          have: have.managedPolicies,
        }),
    },
    tags: {
      fields: { tags: tagsField<Want, RoleState>() },
      apply: async (context, { want }) => {
        const iam = await context.client("iam");
        await changing(context, want.name, () =>
          iam.tagRole({ RoleName: want.name, Tags: tagList(want.tags) }),
        );
      },
    },
  },
  delete: (context, _have, { name }) => deleteRole(context, name),
  ownership: ownedByTag,
  properties: {
    Arn: (have) => have.arn,
    RoleName: (have) => have.name,
    RoleId: (have) => have.id,
  },
});
