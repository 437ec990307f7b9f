import { parseRequirement } from "../specifiers/requirement.ts";
import type { Table } from "../projects/table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import type { ReadOptions } from "./locked.ts";
import { poetryNeeds, type PoetryNeed } from "./poetry-package.ts";
import { askedFor } from "./select.ts";

/**
 * What a poetry project needs itself, for the extras and groups asked for.
 *
 * @throws LOCK_SELECTION
 */
export function poetryRoots(
  pyproject: Table,
  lock: Table,
  { path, selection }: ReadOptions,
): readonly PoetryNeed[] {
  const poetry = pyproject.deep("tool", "poetry");
  const main = poetryNeeds(poetry?.table("dependencies"));
  const groups = poetryGroups(poetry);
  const extras = lock.table("extras") ?? poetry?.table("extras");
  const chosen = askedFor(selection.extras, {
    known: extras?.keys ?? [],
    what: "extra",
    file: path,
  });
  const added = (extras?.keys ?? [])
    .filter((key) => chosen.has(normalizeName(key)))
    .flatMap((key) => extras?.strings(key) ?? [])
    .map((text) => parseRequirement(text, { place: path }).name);
  const asked = askedFor(selection.groups, {
    known: [...groups.keys()],
    what: "dependency group",
    file: path,
  });
  return [
    ...main.filter((need) => !need.optional || added.includes(need.name)),
    ...[...asked].flatMap((group) => groups.get(group) ?? []),
  ];
}

function poetryGroups(poetry: Table | undefined): ReadonlyMap<string, readonly PoetryNeed[]> {
  const groups = new Map<string, readonly PoetryNeed[]>();
  // what groups were before poetry 1.2
  const development = poetry?.table("dev-dependencies");
  if (development !== undefined) groups.set("dev", poetryNeeds(development));
  const tables = poetry?.table("group");
  for (const key of tables?.keys ?? []) {
    const name = normalizeName(key);
    const needs = poetryNeeds(tables?.table(key)?.table("dependencies"));
    groups.set(name, [...(groups.get(name) ?? []), ...needs]);
  }
  return groups;
}
