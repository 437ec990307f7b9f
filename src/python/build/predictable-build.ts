import { stringsOf, tableOf, type Table } from "../projects/toml-table.ts";
import type { ProjectTree } from "../projects/tree-hash.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/**
 * Whether a project's backend is known to take bytes as they are: one of those named here, alone, with no hook that runs
 * code of its own, and metadata that are all in pyproject.toml. What it puts into the wheel then depends on the names of
 * files, and on pyproject.toml, but not on what is in a module.
 *
 * @param document  the project's pyproject.toml
 * @source PEP 621, “dynamic”; the documentation of each backend
 */
export function isPredictable(document: Table, tree: ProjectTree): boolean {
  const project = tableOf(document, "project");
  const system = tableOf(document, "build-system");
  const backend = backends.find(({ module }) => module === system["build-backend"]);
  if (backend === undefined || "backend-path" in system) return false;
  if (typeof project["version"] !== "string" || stringsOf(project["dynamic"]).length > 0)
    return false;
  const names = stringsOf(system["requires"]).map(distributionName);
  if (!names.every((name) => backend.needs.includes(name))) return false;
  const paths = new Set(tree.files.map(({ path }) => path));
  if (backend.hookFiles.some((file) => paths.has(file))) return false;
  return !backend.hookTables.some((table) => isThere(document, table));
}

type Backend = {
  readonly module: string;
  /** The distributions it is in, and that it may need; any other could hook into it. */
  readonly needs: readonly string[];
  readonly hookFiles: readonly string[];
  /** Tables and keys by which code of the project, or of others, gets to run. */
  readonly hookTables: readonly string[];
};

const backends: readonly Backend[] = [
  {
    module: "hatchling.build",
    needs: ["hatchling"],
    hookFiles: ["hatch.toml", "hatch_build.py"],
    hookTables: [
      "tool.hatch.build.hooks",
      "tool.hatch.build.targets.wheel.hooks",
      "tool.hatch.metadata.hooks",
    ],
  },
  {
    module: "setuptools.build_meta",
    needs: ["setuptools", "wheel"],
    // what a setup.cfg may name is too much to know: commands, their options, entry points
    hookFiles: ["setup.py", "setup.cfg"],
    hookTables: ["tool.setuptools.cmdclass", "tool.setuptools.ext-modules", "tool.distutils"],
  },
  { module: "flit_core.buildapi", needs: ["flit-core"], hookFiles: [], hookTables: [] },
  {
    module: "poetry.core.masonry.api",
    needs: ["poetry-core"],
    hookFiles: [],
    hookTables: ["tool.poetry.build"],
  },
  {
    module: "pdm.backend",
    needs: ["pdm-backend"],
    hookFiles: ["pdm_build.py"],
    hookTables: ["tool.pdm.build.custom-hook", "tool.pdm.build.run-setuptools"],
  },
  { module: "uv_build", needs: ["uv-build"], hookFiles: [], hookTables: [] },
];

function isThere(document: Table, path: string): boolean {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Table>((table, key) => tableOf(table, key), document);
  return last in parent;
}

/** `flit_core >=3.2,<4` is flit-core. */
function distributionName(requirement: string): string {
  const [name = ""] = /^[\w.-]+/.exec(requirement.trim()) ?? [];
  return normalizeName(name);
}
