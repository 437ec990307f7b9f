import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { stringsOf, tableOf, type Table } from "./toml-table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

export type Workspace = {
  /** Of its root; absolute. */
  readonly folder: string;
  /** The root's pyproject.toml. */
  readonly document: Table;
  /** Folders of its projects, the root's too, by normalised name; absolute. */
  readonly members: ReadonlyMap<string, string>;
};

/**
 * The uv workspace that a project is in: the nearest folder upwards whose pyproject.toml has `[tool.uv.workspace]`.
 *
 * @param read  how a pyproject.toml is read and parsed
 * @source uv's documentation, “Using workspaces”
 */
export function findWorkspace(
  project: string,
  read: (path: string) => Table,
): Workspace | undefined {
  for (let folder = project; ; folder = dirname(folder)) {
    const path = join(folder, "pyproject.toml");
    const document = existsSync(path) ? read(path) : {};
    const uv = tableOf(tableOf(document, "tool"), "uv");
    if ("workspace" in uv) {
      return { folder, document, members: readMembers(folder, tableOf(uv, "workspace"), read) };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function readMembers(
  root: string,
  workspace: Table,
  read: (path: string) => Table,
): ReadonlyMap<string, string> {
  const excluded = stringsOf(workspace["exclude"]).map(globPattern);
  const folders = stringsOf(workspace["members"]).flatMap((glob) => expand(root, glob));
  const members = new Map<string, string>();
  for (const folder of [root, ...folders]) {
    const place = relative(root, folder).split(sep).join("/");
    const path = join(folder, "pyproject.toml");
    if (!existsSync(path) || excluded.some((pattern) => pattern.test(place))) continue;
    const name = tableOf(read(path), "project")["name"];
    if (typeof name === "string") members.set(normalizeName(name), folder);
  }
  return members;
}

/** The folders a glob names; each part of it is matched in turn. */
function expand(root: string, glob: string): readonly string[] {
  let folders: readonly string[] = [root];
  for (const part of glob.replace(/\/+$/, "").split("/")) {
    if (part === "**") {
      folders = folders.flatMap((folder) => [folder, ...foldersBelow(folder)]);
    } else if (/[*?[]/.test(part)) {
      const pattern = globPattern(part);
      folders = folders.flatMap((folder) =>
        foldersIn(folder)
          .filter((name) => pattern.test(name))
          .map((name) => join(folder, name)),
      );
    } else {
      folders = folders.map((folder) => resolve(folder, part));
    }
  }
  return folders.toSorted();
}

function foldersBelow(folder: string): string[] {
  return foldersIn(folder).flatMap((name) => {
    const below = join(folder, name);
    return [below, ...foldersBelow(below)];
  });
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|__pycache__)$/.test(entry.name))
    .map((entry) => entry.name);
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("**", "\0")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]")
    .replaceAll("\0", ".*")
    .replaceAll("[!", "[^");
  return new RegExp(`^${source}/?$`);
}
