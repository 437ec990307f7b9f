/** The grammar of policy documents. Apart, as it is big, and made only where there is a policy. */
import * as z from "zod";
import { orRef } from "../core/input.ts";

const text = orRef(z.string());
const texts = orRef(z.union([text, z.array(text)]));
const scalar = orRef(z.union([z.string(), z.boolean(), z.number()]));

const principals = z.strictObject({
  AWS: texts.optional(),
  Service: texts.optional(),
  Federated: texts.optional(),
  CanonicalUser: texts.optional(),
});
const principal = orRef(z.union([z.literal("*"), principals]));

const statement = z.strictObject({
  Sid: text.optional(),
  Effect: orRef(z.enum(["Allow", "Deny"])),
  Principal: principal.optional(),
  NotPrincipal: principal.optional(),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Condition: orRef(
    z.record(z.string(), z.record(z.string(), orRef(z.union([scalar, z.array(scalar)])))),
  ).optional(),
});

const policyObject = z.strictObject({
  Version: orRef(z.enum(["2012-10-17", "2008-10-17"])).optional(),
  Id: text.optional(),
  Statement: orRef(z.union([z.array(orRef(statement)), statement])),
});

const policyText = z.string().refine(isJsonObject, "must be a policy document in JSON");

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
