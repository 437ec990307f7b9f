import { TouchdownError } from "../../errors.ts";
import type { Table } from "./table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/**
 * The requirements of each dependency group, what a group includes put in its place.
 *
 * @returns by normalised name
 * @throws PROJECT_FORMAT
 * @source PEP 735
 */
export function dependencyGroups(pyproject: Table): ReadonlyMap<string, readonly string[]> {
  const table = pyproject.table("dependency-groups");
  const keys = new Map((table?.keys ?? []).map((key) => [normalizeName(key), key]));
  if (table !== undefined && keys.size !== table.keys.length)
    throw new TouchdownError("PROJECT_FORMAT", `${table.place} has two groups of the same name`);
  const resolve = (name: string, outer: readonly string[]): readonly string[] => {
    const key = keys.get(name);
    if (table === undefined || key === undefined || outer.includes(name))
      throw notIncluded([...outer, name], { table, isCircle: outer.includes(name) });
    return (table.list(key) ?? []).flatMap((item) => {
      if (typeof item === "string") return [item];
      const included = includedGroup(item);
      if (included === undefined)
        throw table.refuse(key, "a list of requirements and { include-group }");
      return resolve(normalizeName(included), [...outer, name]);
    });
  };
  return new Map([...keys.keys()].map((name) => [name, resolve(name, [])]));
}

function includedGroup(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null || !("include-group" in item)) return undefined;
  const name = item["include-group"];
  return typeof name === "string" && Object.keys(item).length === 1 ? name : undefined;
}

function notIncluded(
  path: readonly string[],
  { table, isCircle }: { readonly table: Table | undefined; readonly isCircle: boolean },
): TouchdownError {
  const place = table?.place ?? "dependency-groups";
  const way = path.join(" → ");
  const problem = isCircle
    ? `groups include each other in a circle: ${way}`
    : `there is no group ${path.at(-1)}, which is included: ${way}`;
  return new TouchdownError("PROJECT_FORMAT", `${place}: ${problem}`);
}
