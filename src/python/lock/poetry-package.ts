import type { Table } from "../projects/table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/** What poetry writes as the value of a dependency, in locks as in pyproject.toml. */
export interface PoetryNeed {
  /** Normalised. */
  readonly name: string;
  /** As poetry writes ranges; `*` where any is right. */
  readonly range: string;
  readonly markers: string | undefined;
  /** A range of Pythons. */
  readonly python: string | undefined;
  readonly extras: readonly string[];
  /** In only with an extra that lists it. */
  readonly optional: boolean;
  /** Of a local project or file, relative to what names it. */
  readonly path: string | undefined;
  readonly place: string;
}

export interface PoetryPackage {
  readonly name: string;
  readonly version: string;
  readonly table: Table;
  /** `{ file, hash }` each. */
  readonly files: readonly Table[];
  /** Normalised; from lock version 2.1 on. */
  readonly groups: readonly string[];
  /** From lock version 2.1 on. */
  marker(group: string): string | undefined;
  readonly needs: readonly PoetryNeed[];
  /** Names, normalised, of what an extra adds. */
  readonly extras: ReadonlyMap<string, readonly string[]>;
}

export function poetryPackages(lock: Table): readonly PoetryPackage[] {
  // before version 2.0 the files of all packages stood together
  const together = lock.deep("metadata", "files");
  return lock.tables("package").map((raw) => {
    const written = raw.requiredString("name");
    const name = normalizeName(written);
    const version = raw.requiredString("version");
    const table = raw.called(`${name} ${version}`);
    const extras = table.table("extras");
    return {
      name,
      version,
      table,
      files: together?.tables(written) ?? table.tables("files"),
      groups: (table.strings("groups") ?? []).map(normalizeName),
      marker: (group) => markerOf(table, group),
      needs: poetryNeeds(table.table("dependencies")),
      extras: new Map(
        (extras?.keys ?? []).map((extra) => [
          normalizeName(extra),
          (extras?.strings(extra) ?? []).map((text) =>
            normalizeName(text.split(/[^\w.-]/)[0] ?? ""),
          ),
        ]),
      ),
    };
  });
}

/** A dependency's value is a range, a table, or a list of tables, of which those count whose markers are true. */
export function poetryNeeds(dependencies: Table | undefined): readonly PoetryNeed[] {
  return (dependencies?.keys ?? []).flatMap((key) => {
    const value = dependencies?.raw(key);
    const name = normalizeName(key);
    if (dependencies === undefined || name === "python") return [];
    const place = dependencies.keyPlace(key);
    if (typeof value === "string") {
      const none = {
        markers: undefined,
        python: undefined,
        extras: [],
        optional: false,
        path: undefined,
      };
      return [{ name, range: value, ...none, place }];
    }
    const table = Array.isArray(value) ? undefined : dependencies.table(key);
    return (table === undefined ? dependencies.tables(key) : [table]).map((each) => ({
      name,
      range: each.string("version") ?? "*",
      markers: each.string("markers"),
      python: each.string("python"),
      extras: (each.strings("extras") ?? []).map(normalizeName),
      optional: each.boolean("optional") ?? false,
      path: each.string("path"),
      place,
    }));
  });
}

/** One marker for all groups, or one a group; a group without one is in always. */
function markerOf(table: Table, group: string): string | undefined {
  if (typeof table.raw("markers") === "string") return table.string("markers");
  const markers = table.table("markers");
  const key = markers?.keys.find((each) => normalizeName(each) === group);
  return key === undefined ? undefined : markers?.string(key);
}
