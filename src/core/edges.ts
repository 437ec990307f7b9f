/** Who waits for whom: refs inside arguments, and `dependsOn`. */
import { refsIn } from "./resolve.ts";
import { isResource } from "./declared.ts";
import type { AnyResource } from "./declared.ts";

type Parsed = ReadonlyMap<AnyResource, Readonly<Record<string, unknown>>>;

export function dependenciesOf(
  resource: AnyResource,
  args: Readonly<Record<string, unknown>>,
): readonly AnyResource[] {
  const needs = new Set(refsIn(args).flatMap(({ ref }) => ref.needs));
  for (const need of resource.dependsOn) if (isResource(need)) needs.add(need);
  return [...needs];
}

/** Resources that need each other, the first again at the end; `undefined` where there are none. */
export function findCycle(
  resources: readonly AnyResource[],
  parsed: Parsed,
): readonly AnyResource[] | undefined {
  const done = new Set<AnyResource>();
  const visit = (
    resource: AnyResource,
    trail: readonly AnyResource[],
  ): readonly AnyResource[] | undefined => {
    if (trail.includes(resource)) return [...trail.slice(trail.indexOf(resource)), resource];
    if (done.has(resource)) return undefined;
    for (const need of dependenciesOf(resource, parsed.get(resource) ?? {})) {
      const cycle = visit(need, [...trail, resource]);
      if (cycle !== undefined) return cycle;
    }
    done.add(resource);
    return undefined;
  };
  for (const resource of resources) {
    const cycle = visit(resource, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
