/** Which distributions stay when some are taken out, with what only those needed. */
import type { Requirement } from "./specifiers/requirement.ts";

/** A distribution, and what its metadata says that it needs on the target. */
export interface Needing {
  readonly name: string;
  /** What it needs with these extras of its own. */
  readonly needs: (extras: ReadonlySet<string>) => readonly Pick<Requirement, "name" | "extras">[];
}

interface Without {
  /** As in PEP 503. */
  readonly removed: ReadonlySet<string>;
  /** What the user asked for by name, as far as that is known; what nothing else needs was asked for too. */
  readonly named: readonly Pick<Requirement, "name" | "extras">[];
}

/**
 * The names of those that stay. What can't be reached even with everything in, through an extra nobody knows of, stays.
 */
export function withoutPackages(
  all: readonly Needing[],
  { removed, named }: Without,
): ReadonlySet<string> {
  const byName = new Map(all.map((each) => [each.name, each]));
  const from = [...named, ...neededByNothing(all)];
  const before = reachable(byName, from, new Set());
  const after = reachable(byName, from, removed);
  return new Set(
    all
      .map(({ name }) => name)
      .filter((name) => !removed.has(name) && (after.has(name) || !before.has(name))),
  );
}

type Wanted = Pick<Requirement, "name" | "extras">;

function neededByNothing(all: readonly Needing[]): readonly Wanted[] {
  const needed = new Set(all.flatMap(({ needs }) => needs(new Set()).map(({ name }) => name)));
  return all.filter(({ name }) => !needed.has(name)).map(({ name }) => ({ name, extras: [] }));
}

/** An extra that is found later opens its distribution again. */
function reachable(
  byName: ReadonlyMap<string, Needing>,
  roots: readonly Wanted[],
  removed: ReadonlySet<string>,
): ReadonlySet<string> {
  const extras = new Map<string, Set<string>>();
  const todo = [...roots];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const distribution = byName.get(next.name);
    if (distribution === undefined || removed.has(next.name)) continue;
    const known = extras.get(next.name);
    const fresh = next.extras.filter((extra) => known?.has(extra) !== true);
    if (known !== undefined && fresh.length === 0) continue;
    const now = new Set([...(known ?? []), ...fresh]);
    extras.set(next.name, now);
    todo.push(...distribution.needs(now));
  }
  return new Set(extras.keys());
}
