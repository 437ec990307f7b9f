import { dirname, resolve } from "node:path";
import type { Table } from "../projects/table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/** One `[[package]]` of a uv.lock. */
export interface UvPackage {
  readonly name: string;
  /** None where a local project's backend says it. */
  readonly version: string | undefined;
  readonly table: Table;
  readonly source: Table;
  readonly knownExtras: readonly string[];
  readonly knownGroups: readonly string[];
  /** What it needs, or, with an extra, what the extra adds. */
  needs(extra: string | undefined): readonly Table[];
  group(name: string): readonly Table[];
}

export function uvPackages(lock: Table): readonly UvPackage[] {
  return lock.tables("package").map((raw) => {
    const name = normalizeName(raw.requiredString("name"));
    const version = raw.string("version");
    const table = raw.called(version === undefined ? name : `${name} ${version}`);
    const source = table.table("source");
    if (source === undefined) throw table.refuse("source", "a table");
    const optional = listsOf(table.table("optional-dependencies"));
    const groups = listsOf(table.table("dev-dependencies"));
    const metadata = table.table("metadata");
    return {
      name,
      version,
      table,
      source,
      knownExtras: [...optional.keys(), ...(metadata?.strings("provides-extras") ?? [])],
      // a group that is empty is named only here
      knownGroups: [...groups.keys(), ...(metadata?.table("requires-dev")?.keys ?? [])],
      needs: (extra) =>
        extra === undefined ? table.tables("dependencies") : (optional.get(extra) ?? []),
      group: (group) => groups.get(group) ?? [],
    };
  });
}

/** The absolute folder of a local project; `undefined` for what comes from elsewhere. */
export function uvFolder({ source }: UvPackage, lockPath: string): string | undefined {
  const path = ["editable", "virtual", "directory"]
    .map((key) => source.string(key))
    .find((each) => each !== undefined);
  return path === undefined ? undefined : resolve(dirname(lockPath), path);
}

/** A virtual project is there for its dependencies alone. */
export function isInstalled({ source }: UvPackage): boolean {
  return source.string("virtual") === undefined;
}

function listsOf(table: Table | undefined): ReadonlyMap<string, readonly Table[]> {
  return new Map((table?.keys ?? []).map((key) => [normalizeName(key), table?.tables(key) ?? []]));
}
