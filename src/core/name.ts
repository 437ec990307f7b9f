/** What resources are called, by people and by machines. */
import { isResource } from "./declared.ts";
import type { AnyResource } from "./declared.ts";
import { isRef } from "./ref.ts";

/** What a person calls it: `queue jobs`; `file media/settings.json`. */
export function nameOf(resource: AnyResource): string {
  return `${resource.definition.noun} ${keyText(resource)}`;
}

/** Unique among well-declared resources: `aws.sqs.queue jobs (aws eu-west-1)`. */
export function idOf(resource: AnyResource): string {
  const { label } = resource.scope;
  const id = `${resource.definition.type} ${keyText(resource)}`;
  return label === "" ? id : `${id} (${label})`;
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
