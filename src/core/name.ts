/** What resources are called, by people and by machines. */
import { isResource } from "./declared.ts";
import type { AnyResource } from "./declared.ts";
import { isRef } from "./ref.ts";

/** What a person calls it: `queue jobs`; `file media/settings.json`; `queue jobs (eu-central-1)`. */
export function nameOf(resource: AnyResource): string {
  return inScope(resource, resource.definition.noun);
}

/** Unique among well-declared resources: `aws.sqs.queue jobs (aws eu-west-1)`. */
export function idOf(resource: AnyResource): string {
  return inScope(resource, resource.definition.type);
}

function inScope(resource: AnyResource, kind: string): string {
  const { label } = resource.scope;
  const name = `${kind} ${keyText(resource)}`;
  return label === "" ? name : `${name} (${label})`;
}

function keyText(resource: AnyResource): string {
  return resource.definition.key.map((part) => partText(resource.args[part])).join("/");
}

function partText(value: unknown): string {
  if (typeof value === "string") return value;
  if (isResource(value)) return keyText(value);
  if (isRef(value)) return value.needs.map((need) => keyText(need)).join("+") || value.label;
  return JSON.stringify(value) ?? "?";
}
