import type { AnyResource, Scope } from "./declared.ts";
import type { Runtime } from "./runtime.ts";

/** Each scope's context, opened once a run; first of all, so that missing credentials are one error. */
export function openScopes(
  runtime: Runtime,
): (of: { readonly resource: Pick<AnyResource, "scope"> }) => Promise<unknown> {
  const contexts = new Map<Scope, Promise<unknown>>();
  return ({ resource: { scope } }) => {
    const context = contexts.get(scope) ?? scope.open(runtime);
    contexts.set(scope, context);
    return context;
  };
}
