/** The calls that change what hangs on a role, and that take it all down. */
import { unlessMissing } from "../aws-error.ts";
import type { AwsContext } from "../context.ts";
import { normalPolicy, policyJson, samePolicy } from "../policy.ts";
import type { Policy } from "../policy.ts";
import { despite } from "../wait.ts";
import {
  inlinePolicyNames,
  instanceProfileNames,
  managedPolicyArns,
  noSuchEntity,
} from "./role-read.ts";

type Policies = Readonly<Record<string, Policy>>;

/** A call that changes the role, despite what IAM refuses only for a moment. */
export function changing<T>(context: AwsContext, name: string, call: () => Promise<T>): Promise<T> {
  return despite(context.runtime, ["roleBusy", "principalNotVisible"], `role ${name}`, call);
}

export async function setBoundary(
  context: AwsContext,
  name: string,
  arn: string | undefined,
): Promise<void> {
  const iam = await context.client("iam");
  await changing<unknown>(context, name, () =>
    arn === undefined
      ? unlessMissing(noSuchEntity, () => iam.deleteRolePermissionsBoundary({ RoleName: name }))
      : iam.putRolePermissionsBoundary({ RoleName: name, PermissionsBoundary: arn }),
  );
}

/** Policies by name, in the form in which they are compared. */
export function comparablePolicies(policies: Policies): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [name, normalPolicy(policy)]),
  );
}

export async function setPolicies(
  context: AwsContext,
  name: string,
  { want, have }: { readonly want: Policies; readonly have: Policies },
): Promise<void> {
  const iam = await context.client("iam");
  for (const [PolicyName, policy] of Object.entries(want)) {
    if (samePolicy(policy, have[PolicyName])) continue;
    const PolicyDocument = policyJson(policy);
    await changing(context, name, () =>
      iam.putRolePolicy({ RoleName: name, PolicyName, PolicyDocument }),
    );
  }
  const extra = Object.keys(have).filter((each) => !Object.hasOwn(want, each));
  for (const PolicyName of extra) await deletePolicy(context, name, PolicyName);
}

export async function setManagedPolicies(
  context: AwsContext,
  name: string,
  { want, have }: { readonly want: readonly string[]; readonly have: readonly string[] },
): Promise<void> {
  const iam = await context.client("iam");
  // A role holds few at a time: what is to go makes room first.
  for (const arn of have.filter((each) => !want.includes(each))) await detach(context, name, arn);
  for (const PolicyArn of new Set(want.filter((each) => !have.includes(each)))) {
    await changing(context, name, () => iam.attachRolePolicy({ RoleName: name, PolicyArn }));
  }
}

/** Everything off the role, then the role; each step is fine if it was done before. */
export async function deleteRole(context: AwsContext, name: string): Promise<void> {
  const iam = await context.client("iam");
  await unlessMissing(noSuchEntity, async () => {
    for (const arn of await managedPolicyArns(iam, name)) await detach(context, name, arn);
    for (const each of await inlinePolicyNames(iam, name)) await deletePolicy(context, name, each);
    for (const InstanceProfileName of await instanceProfileNames(iam, name)) {
      await unlessMissing(noSuchEntity, () =>
        iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: name }),
      );
    }
    await despite(context.runtime, ["roleBusy", "roleStillHasParts"], `role ${name}`, () =>
      iam.deleteRole({ RoleName: name }),
    );
  });
}

async function detach(context: AwsContext, name: string, PolicyArn: string): Promise<void> {
  const iam = await context.client("iam");
  await changing(context, name, () =>
    unlessMissing(noSuchEntity, () => iam.detachRolePolicy({ RoleName: name, PolicyArn })),
  );
}

async function deletePolicy(context: AwsContext, name: string, PolicyName: string): Promise<void> {
  const iam = await context.client("iam");
  await changing(context, name, () =>
    unlessMissing(noSuchEntity, () => iam.deleteRolePolicy({ RoleName: name, PolicyName })),
  );
}
