/** What is wrong with a `workspace.moved`. */
import * as z from "zod/mini";
import { TouchdownError } from "../errors.ts";
import type { AnyResource } from "./declared.ts";
import { definitionOf } from "./define.ts";
import { idOf, nameOf } from "./name.ts";

/** What was renamed must be known by whose it was, and its name of before must be free. */
export function problemsOfMoved(resources: readonly AnyResource[]): readonly TouchdownError[] {
  const moved = resources.filter(({ movedFrom = [] }) => movedFrom.length > 0);
  if (moved.length === 0) return [];
  const declared = new Set(resources.map((resource) => idOf(resource)));
  return moved.flatMap((resource) =>
    problemsOf(resource, declared).map(
      (problem) => new TouchdownError("ARGUMENT", `moved ${nameOf(resource)}: ${problem}`),
    ),
  );
}

function problemsOf(resource: AnyResource, declared: ReadonlySet<string>): readonly string[] {
  const { ownership, key, schema } = definitionOf(resource);
  const { movedFrom = [], owner, mode, definition, scope, args } = resource;
  if (mode === "get") return ["it is only referred to, with get…"];
  if (ownership === undefined) return [`no workspace can own a ${definition.noun}`];
  if (owner === undefined) {
    return ['this takes a workspace with a name: export default touchdown({ name: "…" }, …)'];
  }
  const name = key.at(-1) ?? "";
  return movedFrom.flatMap((from) => {
    const argument = schema.shape[name];
    if (argument === undefined || !z.safeParse(argument, from).success) {
      return [`${JSON.stringify(from) ?? String(from)} is no name that it can have had`];
    }
    const named = { ...args, [name]: from };
    const before: AnyResource = { definition, scope, mode, args: named, dependsOn: [] };
    if (!declared.has(idOf(before))) return [];
    return [from === args[name] ? "that is its name" : `${nameOf(before)} is still declared`];
  });
}
