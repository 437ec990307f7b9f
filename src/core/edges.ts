/** Who waits for whom: refs inside arguments, and `dependsOn`. */
import { refsOf } from "./resolve.ts";
import { isResource } from "./declared.ts";
import type { AnyResource } from "./declared.ts";

type Parsed = ReadonlyMap<AnyResource, Readonly<Record<string, unknown>>>;

export function dependenciesOf(
  resource: AnyResource,
  args: Readonly<Record<string, unknown>>,
): readonly AnyResource[] {
  const needs = new Set(refsOf(args).flatMap(({ ref }) => ref.needs));
  for (const need of resource.dependsOn) if (isResource(need)) needs.add(need);
  return [...needs];
}

/** Resources that need each other, the first again at the end; `undefined` where there are none. */
export function findCycle(
  resources: readonly AnyResource[],
  parsed: Parsed,
): readonly AnyResource[] | undefined {
  const done = new Set<AnyResource>();
  // In order, each once: a Set knows both.
  const trail = new Set<AnyResource>();
  const visit = (resource: AnyResource): readonly AnyResource[] | undefined => {
    if (trail.has(resource)) return [...dropUntil(trail, resource), resource];
    if (done.has(resource)) return undefined;
    trail.add(resource);
    for (const need of dependenciesOf(resource, parsed.get(resource) ?? {})) {
      const cycle = visit(need);
      if (cycle !== undefined) return cycle;
    }
    trail.delete(resource);
    done.add(resource);
    return undefined;
  };
  for (const resource of resources) {
    const cycle = visit(resource);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function dropUntil<T>(items: Iterable<T>, first: T): readonly T[] {
  const all = [...items];
  return all.slice(all.indexOf(first));
}
