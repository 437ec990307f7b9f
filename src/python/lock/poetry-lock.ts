import { TouchdownError } from "../../errors.ts";
import { evaluateMarker } from "../specifiers/evaluate-marker.ts";
import { parseMarker } from "../specifiers/marker.ts";
import { markerEnvironment, pythonFullVersion } from "../specifiers/marker-environment.ts";
import { inPoetryRange } from "../specifiers/poetry-constraint.ts";
import { parseToml, type Table } from "../projects/table.ts";
import { byName } from "./by-name.ts";
import type { LockedPackage, ReadOptions } from "./locked.ts";
import { poetryPackages, type PoetryPackage } from "./poetry-package.ts";
import { poetryRoots } from "./poetry-roots.ts";
import { poetryEdges } from "./poetry-edges.ts";
import { poetrySource } from "./poetry-source.ts";
import { askedFor, wrongPython } from "./select.ts";
import { walk } from "./walk.ts";

/**
 * What of a `poetry.lock` is to be installed, without the project itself: the main dependencies, and those of the extras
 * and groups asked for.
 *
 * Locks from version 2.1 (poetry 2) say for each package which groups it is in, and its marker. Older ones do not: what is
 * in is found by walking from the `pyproject.toml` beside the lock.
 *
 * @param options.pyproject  the text of that file, where there is one
 * @throws LOCK_AMBIGUOUS, LOCK_FORMAT, LOCK_HASH, LOCK_PYTHON, LOCK_SELECTION, LOCK_VERSION, MARKER, REQUIREMENT
 */
export function readPoetryLock(
  text: string,
  options: ReadOptions & { readonly pyproject: Table | undefined },
): readonly LockedPackage[] {
  const lock = parseToml(text, { file: options.path, code: "LOCK_FORMAT" });
  const version = versionOf(lock);
  checkPoetryPython(lock.table("metadata"), "python-versions", options);
  const packages = poetryPackages(lock);
  const selected =
    version >= 2.1 ? inGroups(lock, packages, options) : reachable(lock, packages, options);
  return byName([...selected], { file: options.path }).map((each) => {
    checkPoetryPython(each.table, "python-versions", options);
    const needs = each.needs.map(({ name }) => name);
    const names = new Set(
      [...selected].map(({ name }) => name).filter((name) => needs.includes(name)),
    );
    const source = poetrySource(each, options.path);
    return {
      name: each.name,
      // a folder's version is what its pyproject.toml says now
      ...(source.kind === "directory" ? {} : { version: each.version }),
      source,
      dependencies: [...names].toSorted(),
    };
  });
}

/** 1.0 and 1.1 are of poetry 1.0–1.2, 2.0 of 1.3–1.8, 2.1 of 2. */
function versionOf(lock: Table): number {
  const metadata = lock.table("metadata");
  if (metadata === undefined) throw lock.refuse("metadata", "a table");
  const version = metadata.requiredString("lock-version");
  if (["1.0", "1.1", "2.0", "2.1"].includes(version)) return Number(version);
  const message = `${metadata.place}.lock-version is ${JSON.stringify(version)}, and touchdown reads 1.0 to 2.1`;
  throw new TouchdownError("LOCK_VERSION", message, {
    hint: "use a newer touchdown, or lock again with an older poetry",
  });
}

function checkPoetryPython(
  table: Table | undefined,
  key: string,
  { selection }: ReadOptions,
): void {
  const range = table?.string(key);
  if (table === undefined || range === undefined) return;
  const fits = inPoetryRange(pythonFullVersion(selection.target), range);
  if (fits === undefined) throw table.refuse(key, "a range of versions");
  if (!fits) throw wrongPython(table.keyPlace(key), range, selection.target);
}

function inGroups(
  lock: Table,
  packages: readonly PoetryPackage[],
  { path, selection }: ReadOptions,
): ReadonlySet<PoetryPackage> {
  const known = packages.flatMap((each) => each.groups);
  const groups = askedFor(selection.groups, { known, what: "dependency group", file: path });
  const extras = askedFor(selection.extras, {
    known: lock.table("extras")?.keys ?? [],
    what: "extra",
    file: path,
  });
  const environment = { ...markerEnvironment(selection.target, selection.onPatch), extra: extras };
  const wanted = packages.filter((each) =>
    each.groups.some((group) => {
      if (group !== "main" && !groups.has(group)) return false;
      const marker = each.marker(group);
      const place = each.table.keyPlace("markers");
      return (
        marker === undefined ||
        evaluateMarker(parseMarker(marker, { place }), environment, { place })
      );
    }),
  );
  return new Set(wanted);
}

function reachable(
  lock: Table,
  packages: readonly PoetryPackage[],
  options: ReadOptions & { readonly pyproject: Table | undefined },
): ReadonlySet<PoetryPackage> {
  const { pyproject, path, selection } = options;
  if (pyproject === undefined) {
    const message = `${path} does not say which groups its packages are in, and there is no pyproject.toml beside it`;
    throw new TouchdownError("LOCK_FORMAT", message, {
      hint: "keep both together, or lock again with poetry 2",
    });
  }
  const roots = poetryRoots(pyproject, lock, { path, selection });
  const edges = poetryEdges(packages, { path, selection });
  return new Set(
    walk(edges.follow(roots, new Set()), (entry, extra) => edges.of(entry, extra)).keys(),
  );
}
