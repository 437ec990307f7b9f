import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { systemReason } from "../../host/system-error.ts";
import { parseDocument, stringsOf, tableOf, type Table } from "./toml-table.ts";
import { findWorkspace } from "./uv-workspace.ts";
import { saysVirtual } from "./virtual-project.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

export type ProjectInputs = {
  /** What each file says about dependencies, in a text that stays the same when other things change. */
  readonly files: readonly { readonly path: string; readonly contents: string | Uint8Array }[];
  /** Local projects, wheels and sdists that it depends on; absolute. */
  readonly places: readonly string[];
  /** `undefined` for a project that is a list of dependencies and nothing to build. */
  readonly buildRequires: readonly string[] | undefined;
};

/** What a project needs to be built where it does not say. @source PEP 517, “Source trees”; pip's own default */
export const legacyBuildRequires: readonly string[] = ["setuptools >= 40.8.0"];

/**
 * Read what a project's dependencies depend on.
 *
 * @param folder  absolute
 * @throws LOCK_INPUT
 */
export function readProjectInputs(folder: string): ProjectInputs {
  const path = join(folder, "pyproject.toml");
  if (!existsSync(path)) {
    const files = wholeFiles(folder, ["setup.py", "setup.cfg"]);
    if (files.length > 0) return { files, places: [], buildRequires: legacyBuildRequires };
    throw new TouchdownError("LOCK_INPUT", `${folder} is no Python project`, {
      hint: "it has neither pyproject.toml nor setup.py nor setup.cfg",
    });
  }
  const document = readToml(path);
  const workspace = findWorkspace(folder, readToml);
  const sources = [document, ...(workspace === undefined ? [] : [workspace.document])].map(
    (one, index) => ({ folder: index === 0 ? folder : (workspace?.folder ?? folder), one }),
  );
  const places = sources.flatMap(({ folder: base, one }) => sourcePlaces(one, base));
  const members = membersNamed(
    sources.map(({ one }) => one),
    workspace?.members ?? new Map(),
  );
  const others =
    workspace === undefined || workspace.folder === folder
      ? []
      : [{ path: join(workspace.folder, "pyproject.toml"), contents: uvText(workspace.document) }];
  return {
    files: [
      { path, contents: dependencyText(document) },
      ...others,
      ...wholeFiles(folder, ["uv.toml"]),
      ...(isStatic(document) ? [] : wholeFiles(folder, dynamicFiles(document))),
    ],
    places: [...new Set([...places, ...members])],
    buildRequires: saysVirtual(document, folder) ? undefined : buildRequiresOf(document),
  };
}

/**
 * What a project needs to be built.
 *
 * @param folder  absolute
 * @throws LOCK_INPUT
 */
export function buildRequiresOfProject(folder: string): readonly string[] {
  const path = join(folder, "pyproject.toml");
  return existsSync(path) ? buildRequiresOf(readToml(path)) : legacyBuildRequires;
}

/** Of a project's own pyproject.toml. @source PEP 518, “build-system table” */
export function buildRequiresOf(document: Table): readonly string[] {
  const requires = tableOf(document, "build-system")["requires"];
  return Array.isArray(requires) ? stringsOf(requires) : legacyBuildRequires;
}

/** Whether all that it depends on is in its tables; else the backend says it, from other files. @source PEP 621, “dynamic” */
function isStatic(document: Table): boolean {
  if (!("project" in document)) return "poetry" in tableOf(document, "tool");
  const dynamic = stringsOf(tableOf(document, "project")["dynamic"]);
  return !dynamic.includes("dependencies") && !dynamic.includes("optional-dependencies");
}

function dependencyText(document: Table): string {
  const project = tableOf(document, "project");
  const tool = tableOf(document, "tool");
  const [poetry, pdm] = [tableOf(tool, "poetry"), tableOf(tool, "pdm")];
  const kept = ["name", "requires-python", "dependencies", "optional-dependencies", "dynamic"];
  return canonical({
    project: pick(project, kept),
    "dependency-groups": document["dependency-groups"],
    "build-system": document["build-system"],
    uv: uvTable(document),
    poetry: pick(poetry, ["name", "dependencies", "dev-dependencies", "group", "extras", "source"]),
    pdm: pick(pdm, ["source", "resolution", "dev-dependencies"]),
    ...(isStatic(document) ? {} : { tool: pick(tool, ["setuptools", "hatch", "pdm", "flit"]) }),
  });
}

function uvText(document: Table): string {
  return canonical({ uv: uvTable(document) });
}

/** Without what is of no importance to what versions are chosen. */
function uvTable(document: Table): Table {
  const {
    "build-backend": _,
    package: __,
    managed: ___,
    ...rest
  } = tableOf(tableOf(document, "tool"), "uv");
  return rest;
}

function pick(table: Table, keys: readonly string[]): Table {
  return Object.fromEntries(keys.map((key) => [key, table[key]]));
}

/** JSON with sorted keys, so that moving a table or a key changes nothing; the order of a list may. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Paths in `tool.uv.sources` and in poetry's dependencies. */
function sourcePlaces(document: Table, folder: string): readonly string[] {
  const tool = tableOf(document, "tool");
  const poetry = tableOf(tool, "poetry");
  const groups = Object.values(tableOf(poetry, "group")).map((group) =>
    tableOf(group, "dependencies"),
  );
  const tables = [
    tableOf(tableOf(tool, "uv"), "sources"),
    tableOf(poetry, "dependencies"),
    tableOf(poetry, "dev-dependencies"),
    ...groups,
  ];
  return tables
    .flatMap((table) => Object.values(table).flat())
    .map((source) => tableOf({ source }, "source")["path"])
    .filter((path) => typeof path === "string")
    .map((path) => resolve(folder, path))
    .filter((path) => existsSync(path));
}

/** Folders of the members that a `workspace = true` names. */
function membersNamed(
  documents: readonly Table[],
  members: ReadonlyMap<string, string>,
): readonly string[] {
  return documents
    .flatMap((one) => Object.entries(tableOf(tableOf(tableOf(one, "tool"), "uv"), "sources")))
    .filter(([, source]) =>
      [source].flat().some((one) => tableOf({ one }, "one")["workspace"] === true),
    )
    .map(([name]) => members.get(normalizeName(name)))
    .filter((place) => place !== undefined);
}

/** Files that a backend may take dependencies from. @source setuptools' documentation, “Dynamic Metadata” */
function dynamicFiles(document: Table): readonly string[] {
  const dynamic = tableOf(tableOf(tableOf(document, "tool"), "setuptools"), "dynamic");
  const optional = Object.values(tableOf(dynamic, "optional-dependencies"));
  const named = [dynamic["dependencies"], ...optional].flatMap((one) =>
    [tableOf({ one }, "one")["file"]].flat(),
  );
  return ["setup.py", "setup.cfg", ...named.filter((file) => typeof file === "string")];
}

function wholeFiles(folder: string, names: readonly string[]) {
  return names
    .map((name) => resolve(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, contents: readText(path).replaceAll("\r\n", "\n") }));
}

function readToml(path: string): Table {
  const text = readText(path);
  try {
    return parseDocument(text);
  } catch (cause) {
    const [reason = ""] = cause instanceof Error ? cause.message.split("\n") : [];
    throw new TouchdownError("LOCK_INPUT", `${path} is not valid TOML: ${reason}`, { cause });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TouchdownError("LOCK_INPUT", `cannot read ${path}: ${systemReason(cause)}`, {
      cause,
    });
  }
}
