/** The grammar of policy documents. Apart, as it is big, and made only where there is a policy. */
import * as z from "zod/mini";
import { orRef } from "../core/input.ts";

const text = orRef(z.string());
const texts = orRef(z.union([text, z.array(text)]));
const scalar = orRef(z.union([z.string(), z.boolean(), z.number()]));

const principals = z.strictObject({
  AWS: z.optional(texts),
  Service: z.optional(texts),
  Federated: z.optional(texts),
  CanonicalUser: z.optional(texts),
});
const principal = orRef(z.union([z.literal("*"), principals]));

const statement = z.strictObject({
  Sid: z.optional(text),
  Effect: orRef(z.enum(["Allow", "Deny"])),
  Principal: z.optional(principal),
  NotPrincipal: z.optional(principal),
  Action: z.optional(texts),
  NotAction: z.optional(texts),
  Resource: z.optional(texts),
  NotResource: z.optional(texts),
  Condition: z.optional(
    orRef(z.record(z.string(), z.record(z.string(), orRef(z.union([scalar, z.array(scalar)]))))),
  ),
});

const policyObject = z.strictObject({
  Version: z.optional(orRef(z.enum(["2012-10-17", "2008-10-17"]))),
  Id: z.optional(text),
  Statement: orRef(z.union([z.array(orRef(statement)), statement])),
});

const policyText = z.string().check(z.refine(isJsonObject, "must be a policy document in JSON"));

/** @source IAM user guide, grammar of the IAM JSON policy language */
export const policySchema = z.union([policyObject, policyText]);

function isJsonObject(given: string): boolean {
  try {
    const parsed: unknown = JSON.parse(given);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
