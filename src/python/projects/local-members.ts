import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { poetryNeeds } from "../lock/poetry-package.ts";
import { readProject, readPyproject, type PythonProject } from "./pyproject.ts";
import { parseRequirement } from "../specifiers/requirement.ts";
import type { Table } from "./table.ts";
import { findWorkspace } from "./uv-workspace.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/**
 * The folders of all local projects that a project depends on, directly or through others: `path` and `workspace` in
 * `tool.uv.sources`, poetry's `path`, `name @ file:…`. Exactly those it names, with the extras and groups given, so that an
 * edit of another member is none of its business. Of the others all extras count.
 *
 * @param folder  absolute
 * @returns       absolute, sorted, without the project itself
 * @throws FILE_READ, PROJECT_FORMAT, PROJECT_MISSING, REQUIREMENT
 */
export function localMembers(folder: string, options: Chosen = {}): readonly string[] {
  const found = new Set<string>();
  const waiting = [...localNeeds(readProject(folder), options)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === folder || found.has(next)) continue;
    found.add(next);
    waiting.push(...localNeeds(readProject(next), { groups: [] }));
  }
  return [...found].toSorted();
}

type Chosen = { readonly extras?: readonly string[]; readonly groups?: readonly string[] };

function localNeeds(project: PythonProject, { extras, groups }: Chosen): readonly string[] {
  const texts = [
    ...project.dependencies,
    ...chosen(project.optionalDependencies, extras),
    ...chosen(project.groups, groups),
  ];
  const requirements = texts.map((text) => parseRequirement(text, { place: project.file }));
  const places = requirements.flatMap(({ name, url }) => {
    if (url === undefined) return uvPlaces(project, name);
    return url.startsWith("file:") ? [fileURLToPath(url)] : [];
  });
  return [...places, ...poetryPlaces(project, groups)].filter(isProject);
}

/** The project's own source of a dependency counts, then that of its workspace. */
function uvPlaces({ folder, pyproject }: PythonProject, name: string): readonly string[] {
  const workspace = findWorkspace(folder, (path) => readPyproject(path).plain);
  const own = sourcesOf(pyproject, name);
  const isOwn = own.length > 0 || workspace === undefined;
  const base = isOwn ? folder : workspace.folder;
  const sources = isOwn ? own : sourcesOf(readPyproject(join(base, "pyproject.toml")), name);
  return sources.flatMap((source) => {
    const path = source.string("path");
    if (path !== undefined) return [resolve(base, path)];
    const member = source.boolean("workspace") === true ? workspace?.members.get(name) : undefined;
    return member === undefined ? [] : [member];
  });
}

function chosen(
  lists: ReadonlyMap<string, readonly string[]>,
  names: readonly string[] | undefined,
): readonly string[] {
  if (names === undefined) return [...lists.values()].flat();
  return names.flatMap((name) => lists.get(normalizeName(name)) ?? []);
}

/** One source, or several with markers. */
function sourcesOf(pyproject: Table, name: string): readonly Table[] {
  const sources = pyproject.deep("tool", "uv", "sources");
  const key = sources?.keys.find((each) => normalizeName(each) === name);
  if (sources === undefined || key === undefined) return [];
  if (Array.isArray(sources.raw(key))) return sources.tables(key);
  const one = sources.table(key);
  return one === undefined ? [] : [one];
}

function poetryPlaces(
  { folder, pyproject }: PythonProject,
  groups: readonly string[] | undefined,
): readonly string[] {
  const poetry = pyproject.deep("tool", "poetry");
  const tables = poetry?.table("group");
  const wanted = (tables?.keys ?? []).filter(
    (key) => groups === undefined || groups.map(normalizeName).includes(normalizeName(key)),
  );
  const needs = [
    ...poetryNeeds(poetry?.table("dependencies")),
    ...wanted.flatMap((key) => poetryNeeds(tables?.table(key)?.table("dependencies"))),
  ];
  return needs.flatMap(({ path }) => (path === undefined ? [] : [resolve(folder, path)]));
}

/** A wheel or an sdist on this machine is a file, and no project. */
function isProject(place: string): boolean {
  const isFolder = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  return (
    isFolder &&
    ["pyproject.toml", "setup.py", "setup.cfg"].some((name) => existsSync(join(place, name)))
  );
}
