/** What `addRole` takes. */
import * as z from "zod/mini";
import { orRef } from "../../core/input.ts";
import { strictObject } from "../../core/strict-object.ts";
import { policyArgument } from "../policy.ts";
import { tagsArgument } from "../tags.ts";

/** @source Lambda developer guide, "Defining Lambda function permissions with an execution role" */
const assumedByLambda = {
  Version: "2012-10-17" as const,
  Statement: [
    {
      Effect: "Allow" as const,
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
};

const policyArn = z
  .string()
  .check(
    z.regex(
      /^arn:[^:]+:iam::[^:]*:policy\/.+$/u,
      "must be a policy's ARN (arn:aws:iam::…:policy/…)",
    ),
  );

const policyName = z
  .string()
  .check(z.regex(/^[\w+=,.@-]{1,128}$/u, "must be 1–128 letters, digits and any of _+=,.@-"));

export const roleSchema = strictObject({
  /**
   * 1–64 letters, digits and `_+=,.@-`.
   *
   * @source IAM API, CreateRole: RoleName
   */
  name: z
    .string()
    .check(z.regex(/^[\w+=,.@-]{1,64}$/u, "must be 1–64 letters, digits and any of _+=,.@-")),
  /**
   * Groups roles in policies and lists; part of the ARN; can't be changed. Default: `/`.
   *
   * @unit at most 512 characters; begins and ends with `/`
   * @source IAM API, CreateRole: Path
   */
  path: z._default(
    z
      .string()
      .check(
        z.maxLength(512),
        z.regex(/^\/(?:[\u0021-\u007e]+\/)?$/u, "must begin and end with / and hold no spaces"),
      ),
    "/",
  ),
  /**
   * Default: none.
   *
   * @unit at most 1,000 characters
   * @source IAM API, CreateRole: Description
   */
  description: z._default(
    orRef(
      z
        .string()
        .check(
          z.maxLength(1000),
          z.regex(/^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/u, "must hold only Latin-1 characters"),
        ),
    ),
    "",
  ),
  /**
   * Who may assume it: a policy as an object or as JSON. Default: Lambda.
   *
   * @unit at most 2,048 characters, unless AWS has raised the account's quota
   * @source IAM API, CreateRole: AssumeRolePolicyDocument
   */
  assumeRolePolicy: z._default(policyArgument, assumedByLambda),
  /**
   * Inline policies by name, each an object or JSON, with refs anywhere inside. The role has these
   * and no others: one that is not named here is removed. Default: none.
   *
   * @unit at most 10,240 characters together, spaces not counted
   * @source IAM API, PutRolePolicy; IAM user guide, "IAM and AWS STS quotas"
   */
  policies: z._default(z.record(policyName, policyArgument), {}),
  /**
   * ARNs of managed policies. The role has these and no others: one that is not named here is
   * detached. Default: none.
   *
   * @unit at most 10, unless AWS has raised the account's quota
   * @source IAM API, AttachRolePolicy; IAM user guide, "IAM and AWS STS quotas"
   */
  managedPolicies: z._default(z.array(orRef(policyArn)), []),
  /**
   * ARN of the managed policy that limits what the others can allow. Default: no limit.
   *
   * @source IAM API, PutRolePermissionsBoundary
   */
  permissionsBoundary: z.optional(orRef(policyArn)),
  /**
   * How long a session of someone who assumes it may last; Lambda pays no regard to it.
   * Default: 3600.
   *
   * @unit s, 3,600–43,200
   * @source IAM API, CreateRole: MaxSessionDuration
   */
  maxSessionDuration: z._default(orRef(z.int().check(z.gte(3600), z.lte(43_200))), 3600),
  /**
   * Tags by key. Those of other keys that the role has are left alone. Default: none.
   *
   * @unit at most 50
   * @source IAM API, TagRole
   */
  tags: tagsArgument,
});
