/** Projects that are only a list of dependencies: their files go in as sources, not as a wheel. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, isTable, tableOf } from "./toml-table.ts";
import type { Table } from "./toml-table.ts";

/**
 * Whether a project is not to be built: it says so, or its `pyproject.toml` names no build backend and there is no
 * `setup.py`.
 *
 * @param folder  absolute; holds a `pyproject.toml`, `setup.py` or `setup.cfg`
 * @source uv's documentation, “Projects: Build systems” and `tool.uv.package`; poetry's `package-mode`
 */
export function isVirtualProject(folder: string): boolean {
  const file = join(folder, "pyproject.toml");
  if (!existsSync(file)) return false;
  const document = documentOf(readFileSync(file, "utf8"));
  return document !== undefined && saysVirtual(document, folder);
}

/** As `isVirtualProject`, of its pyproject.toml. */
export function saysVirtual(document: Table, folder: string): boolean {
  const tool = tableOf(document, "tool");
  const said = tableOf(tool, "uv")["package"] ?? tableOf(tool, "poetry")["package-mode"];
  if (typeof said === "boolean") return !said;
  const builds = ["setup.py", "setup.cfg"].some((name) => existsSync(join(folder, name)));
  return !builds && !isTable(document["build-system"]);
}

/** What is no TOML is refused where the lock is made of it, with its place. */
function documentOf(text: string): Table | undefined {
  try {
    return parseDocument(text);
  } catch {
    return undefined;
  }
}
