import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TouchdownError } from "../../errors.ts";
import { evaluateMarker, type MarkerEnvironment } from "../specifiers/evaluate-marker.ts";
import { parseMarker } from "../specifiers/marker.ts";
import { markerEnvironment } from "../specifiers/marker-environment.ts";
import { parseToml, type Table } from "../projects/table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { byName } from "./by-name.ts";
import { filesSource } from "./files-source.ts";
import { lockedFile, requireSha256, sha256Of } from "./locked-file.ts";
import type { LockedFile, LockedPackage, LockedSource, ReadOptions } from "./locked.ts";
import { askedFor, checkPython, wrongTarget } from "./select.ts";
import { vcsSource } from "./vcs-source.ts";

/**
 * What of a `pylock.toml` is to be installed. Its `default-groups` are what `project.dependencies` is elsewhere: they
 * are always in, and the groups asked for come on top.
 *
 * @throws LOCK_AMBIGUOUS, LOCK_FORMAT, LOCK_HASH, LOCK_PYTHON, LOCK_SELECTION, LOCK_TARGET, LOCK_VERSION, MARKER
 * @source PEP 751; PyPA “pylock.toml specification”, “Installation”
 */
export function readPylock(text: string, options: ReadOptions): readonly LockedPackage[] {
  const lock = parseToml(text, { file: options.path, code: "LOCK_FORMAT" });
  checkVersion(lock);
  lock.requiredString("created-by");
  const { target } = options.selection;
  checkPython(lock, "requires-python", { target });
  checkEnvironments(lock, options);
  const environment = {
    ...markerEnvironment(target, options.selection.onPatch),
    ...chosen(lock, options),
  };
  if (lock.list("packages") === undefined) throw lock.refuse("packages", "a list of tables");
  const entries = lock.tables("packages").flatMap((table) => {
    const entry = entryOf(table);
    if (!applies(entry.table, environment)) return [];
    checkPython(entry.table, "requires-python", { target });
    return [entry];
  });
  const selected = new Set(entries.map(({ name }) => name));
  return byName(entries, { file: options.path }).map((entry) =>
    packageOf(entry, { lockPath: options.path, selected }),
  );
}

function checkVersion(lock: Table): void {
  const version = lock.requiredString("lock-version");
  if (version === "1.0") return;
  const message = `${lock.file}: lock-version is ${JSON.stringify(version)}, and touchdown reads 1.0`;
  throw new TouchdownError("LOCK_VERSION", message, {
    hint: "use a newer touchdown, or lock again for version 1.0",
  });
}

function checkEnvironments(lock: Table, { selection }: ReadOptions): void {
  const environments = lock.strings("environments");
  if (environments === undefined || environments.length === 0) return;
  const place = lock.keyPlace("environments");
  const environment = markerEnvironment(selection.target);
  const fits = environments.some((text) =>
    evaluateMarker(parseMarker(text, { place }), environment, { place }),
  );
  if (!fits) throw wrongTarget(lock, "environments", selection.target);
}

function chosen(
  lock: Table,
  { path, selection }: ReadOptions,
): Pick<MarkerEnvironment, "extras" | "dependency_groups"> {
  const defaults = lock.strings("default-groups") ?? [];
  // our own locks are resolved with extras and groups, which are then no choice any more
  const ours = lock.deep("tool", "touchdown");
  const extras = {
    known: [...(lock.strings("extras") ?? []), ...(ours?.strings("extras") ?? [])],
    what: "extra",
    file: path,
  };
  const groups = {
    known: [
      ...(lock.strings("dependency-groups") ?? []),
      ...defaults,
      ...(ours?.strings("groups") ?? []),
    ],
    what: "dependency group",
    file: path,
  };
  return {
    extras: askedFor(selection.extras, extras),
    dependency_groups: askedFor([...defaults, ...selection.groups], groups),
  };
}

interface Entry {
  readonly name: string;
  readonly version: string | undefined;
  readonly table: Table;
}

function entryOf(table: Table): Entry {
  const name = table.requiredString("name");
  if (normalizeName(name) !== name || !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name))
    throw table.refuse("name", "a normalised name");
  return { name, version: table.string("version"), table: table.called(name) };
}

function applies(entry: Table, environment: MarkerEnvironment): boolean {
  const marker = entry.string("marker");
  if (marker === undefined) return true;
  const place = entry.keyPlace("marker");
  return evaluateMarker(parseMarker(marker, { place }), environment, { place });
}

function packageOf(
  { name, version, table }: Entry,
  options: { readonly lockPath: string; readonly selected: ReadonlySet<string> },
): LockedPackage {
  const dependencies = table
    .tables("dependencies")
    .map((dependency) => normalizeName(dependency.requiredString("name")))
    .filter((dependency) => options.selected.has(dependency));
  return {
    name,
    ...(version === undefined ? {} : { version }),
    source: sourceOf(name, table, options.lockPath),
    ...(table.list("dependencies") === undefined
      ? {}
      : { dependencies: [...new Set(dependencies)].toSorted() }),
  };
}

function sourceOf(name: string, entry: Table, lockPath: string): LockedSource {
  const sources = ["vcs", "directory", "archive"].filter((key) => entry.table(key) !== undefined);
  const hasFiles = entry.table("sdist") !== undefined || entry.tables("wheels").length > 0;
  if (sources.length + Number(hasFiles) > 1) {
    const both = [...sources, ...(hasFiles ? ["wheels or sdist"] : [])].join(" and ");
    throw new TouchdownError(
      "LOCK_FORMAT",
      `${entry.place} has ${both}: one of them must be left out`,
    );
  }
  const vcs = entry.table("vcs");
  if (vcs !== undefined) return pylockVcs(vcs, lockPath);
  const directory = entry.table("directory");
  if (directory !== undefined) return directorySource(directory, lockPath);
  const archive = entry.table("archive");
  const about = { name, place: entry.place, index: entry.string("index") };
  if (archive !== undefined) {
    const subdirectory = archive.string("subdirectory");
    return filesSource([fileOf(archive, lockPath)], { ...about, subdirectory });
  }
  const sdist = entry.table("sdist");
  const tables = [...entry.tables("wheels"), ...(sdist === undefined ? [] : [sdist])];
  return filesSource(
    tables.map((table) => fileOf(table, lockPath)),
    about,
  );
}

function pylockVcs(vcs: Table, lockPath: string): LockedSource {
  const path = vcs.string("path");
  const local =
    path === undefined ? undefined : pathToFileURL(resolve(dirname(lockPath), path)).href;
  return vcsSource({
    type: vcs.requiredString("type"),
    url: vcs.string("url") ?? local,
    commit: vcs.requiredString("commit-id"),
    subdirectory: vcs.string("subdirectory"),
    place: vcs.place,
  });
}

function directorySource(directory: Table, lockPath: string): LockedSource {
  const subdirectory = directory.string("subdirectory");
  return {
    kind: "directory",
    path: resolve(dirname(lockPath), directory.requiredString("path")),
    ...(subdirectory === undefined ? {} : { subdirectory }),
    ...(directory.boolean("editable") === true ? { editable: true } : {}),
  };
}

function fileOf(table: Table, lockPath: string): LockedFile {
  const hash = table.table("hashes")?.string("sha256");
  const sha256 = requireSha256(sha256Of(hash ?? ""), { place: table.place });
  return lockedFile(table, { lockPath, sha256 });
}
