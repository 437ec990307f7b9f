import { dirname, relative } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { evaluateMarker, type MarkerEnvironment } from "../specifiers/evaluate-marker.ts";
import { parseMarker } from "../specifiers/marker.ts";
import { markerEnvironment } from "../specifiers/marker-environment.ts";
import { parseToml, type Table } from "../projects/table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { byName } from "./by-name.ts";
import type { LockedPackage, ReadOptions } from "./locked.ts";
import { askedFor, checkPython, wrongTarget } from "./select.ts";
import { isInstalled, uvFolder, uvPackages, type UvPackage } from "./uv-package.ts";
import { uvSource } from "./uv-source.ts";
import { walk, type Edge, type Reached } from "./walk.ts";

/**
 * What of a `uv.lock` is to be installed for one of its projects: the project itself, where it is one that can be
 * installed, its dependencies, and those of the extras and groups asked for. `default-groups` are for developers: they
 * are in only where they are asked for.
 *
 * @throws LOCK_AMBIGUOUS, LOCK_FORMAT, LOCK_HASH, LOCK_PYTHON, LOCK_SELECTION, LOCK_TARGET, LOCK_VERSION, MARKER
 * @source uv's documentation, “Locking and syncing”, and the files it writes: `uv export` is the oracle
 */
export function readUvLock(text: string, options: ReadOptions): readonly LockedPackage[] {
  const lock = parseToml(text, { file: options.path, code: "LOCK_FORMAT" });
  const { target, onPatch } = options.selection;
  checkVersion(lock);
  checkPython(lock, "requires-python", { target });
  checkSupported(lock, options);
  const packages = uvPackages(lock);
  const start = startOf(lock, packages, options);
  const reached = walkWithConflicts(start, packages, markerEnvironment(target, onPatch));
  const installed = [...reached.keys()].filter(isInstalled);
  return byName(installed, { file: options.path }).map((each) => {
    const source = uvSource(each, options.path);
    return {
      name: each.name,
      // a folder's version is what its pyproject.toml says now, whatever it was
      ...(each.version === undefined || source.kind === "directory"
        ? {}
        : { version: each.version }),
      source,
      dependencies: namesOf(reached.get(each)?.needs ?? new Set()),
    };
  });
}

/** Revisions within a version only add what may be passed over. */
function checkVersion(lock: Table): void {
  const version = lock.count("version");
  if (version === 1) return;
  if (version === undefined) throw lock.refuse("version", "1");
  const message = `${lock.file}: version is ${version}, and touchdown reads 1`;
  throw new TouchdownError("LOCK_VERSION", message, {
    hint: "use a newer touchdown, or lock again with the uv of this version",
  });
}

/** What `tool.uv.environments` was when it was locked. */
function checkSupported(lock: Table, { selection }: ReadOptions): void {
  const supported = lock.strings("supported-markers");
  if (supported === undefined || supported.length === 0) return;
  const place = lock.keyPlace("supported-markers");
  const environment = markerEnvironment(selection.target);
  const fits = supported.some((text) =>
    evaluateMarker(parseMarker(text, { place }), environment, { place }),
  );
  if (!fits) throw wrongTarget(lock, "supported-markers", selection.target);
}

interface Start {
  readonly project: UvPackage;
  readonly extras: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

function startOf(lock: Table, packages: readonly UvPackage[], options: ReadOptions): Start {
  const project = projectOf(lock, packages, options);
  const { extras, groups } = options.selection;
  const file = options.path;
  return {
    project,
    extras: askedFor(extras, { known: project.knownExtras, what: "extra", file }),
    groups: askedFor(groups, { known: project.knownGroups, what: "dependency group", file }),
  };
}

function projectOf(
  lock: Table,
  packages: readonly UvPackage[],
  { path, selection }: ReadOptions,
): UvPackage {
  const members = new Set(lock.table("manifest")?.strings("members")?.map(normalizeName) ?? []);
  const projects = packages.filter(
    (each) => uvFolder(each, path) !== undefined && (members.size === 0 || members.has(each.name)),
  );
  const folder = selection.project ?? dirname(path);
  const here = projects.find((each) => uvFolder(each, path) === folder);
  if (here !== undefined) return here;
  const [only, another] = projects;
  if (selection.project === undefined && only !== undefined && another === undefined) return only;
  const folders = projects.map(
    (each) => relative(dirname(path), uvFolder(each, path) ?? "") || ".",
  );
  const message =
    selection.project === undefined
      ? `${path} is for ${projects.length} projects, and none of them is meant`
      : `${path} has no project in ${selection.project}`;
  throw new TouchdownError("LOCK_SELECTION", message, {
    hint: `name the folder of one as project; it has ${folders.toSorted().join(", ")}`,
  });
}

/** Where extras exclude each other, markers ask which are wanted, of whatever distribution, so walk until none is new. */
function walkWithConflicts(
  start: Start,
  packages: readonly UvPackage[],
  environment: MarkerEnvironment,
): ReadonlyMap<UvPackage, Reached<UvPackage>> {
  const named = new Map<string, UvPackage[]>();
  for (const each of packages) named.set(each.name, [...(named.get(each.name) ?? []), each]);
  let wanted = wantedExtras(start, new Map());
  for (;;) {
    const extra = wanted;
    const reached = walkOnce(start, named, { ...environment, extra });
    wanted = new Set([...wanted, ...wantedExtras(start, reached)]);
    if (wanted.size === extra.size) return reached;
  }
}

function walkOnce(
  { project, extras, groups }: Start,
  named: ReadonlyMap<string, readonly UvPackage[]>,
  environment: MarkerEnvironment,
): ReadonlyMap<UvPackage, Reached<UvPackage>> {
  const follow = (tables: readonly Table[]): readonly Edge<UvPackage>[] =>
    tables.filter((table) => applies(table, environment)).map((table) => edgeOf(table, named));
  const roots = [{ to: project, extras: [...extras] }];
  const inGroups = [...groups].flatMap((group) => follow(project.group(group)));
  return walk([...roots, ...inGroups], (entry, extra) => follow(entry.needs(extra)));
}

/** How uv writes an extra or a group into a marker: `extra == 'extra-3-foo-bar'`, with the length of the name. */
function wantedExtras(
  { project, groups }: Start,
  reached: ReadonlyMap<UvPackage, Reached<UvPackage>>,
): ReadonlySet<string> {
  const encode = (kind: string, name: string, rest: string): string =>
    `${kind}-${name.length}-${name}${rest}`;
  const extras = [...reached].flatMap(([{ name }, each]) =>
    [...each.extras].map((extra) => encode("extra", name, `-${extra}`)),
  );
  const inGroups = [...groups].map((group) => encode("group", project.name, `-${group}`));
  return new Set([...extras, ...inGroups, encode("project", project.name, "")]);
}

function applies(dependency: Table, environment: MarkerEnvironment): boolean {
  const marker = dependency.string("marker");
  if (marker === undefined) return true;
  const place = dependency.keyPlace("marker");
  return evaluateMarker(parseMarker(marker, { place }), environment, { place });
}

function edgeOf(
  dependency: Table,
  named: ReadonlyMap<string, readonly UvPackage[]>,
): Edge<UvPackage> {
  const name = normalizeName(dependency.requiredString("name"));
  const version = dependency.string("version");
  const source = dependency.table("source")?.canonical;
  const fitting = (named.get(name) ?? []).filter(
    (each) =>
      (version === undefined || each.version === version) &&
      (source === undefined || each.source.canonical === source),
  );
  const [to, another] = fitting;
  const extras = dependency.strings("extra") ?? dependency.strings("extras") ?? [];
  if (to !== undefined && another === undefined) return { to, extras: extras.map(normalizeName) };
  const what = `${name}${version === undefined ? "" : ` ${version}`}`;
  const problem =
    to === undefined ? `needs ${what}, which is not in it` : `may mean several ${what}`;
  throw new TouchdownError("LOCK_FORMAT", `${dependency.place} ${problem}`, {
    hint: "lock again with uv lock",
  });
}

function namesOf(packages: ReadonlySet<UvPackage>): readonly string[] {
  return [...new Set([...packages].filter(isInstalled).map((each) => each.name))].toSorted();
}
