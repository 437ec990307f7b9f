import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { systemReason } from "../../host/system-error.ts";
import { dependencyGroups } from "./dependency-groups.ts";
import { legacyBuildRequires } from "./project-inputs.ts";
import { parseToml, Table } from "./table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/** What a project's folder says without anything being run. */
export interface PythonProject {
  /** Absolute. */
  readonly folder: string;
  /** Of pyproject.toml, or of the setup.py or setup.cfg where there is none; absolute. */
  readonly file: string;
  /** Normalised; none where only building it would tell. */
  readonly name?: string;
  readonly version?: string;
  /** Keys of `[project]` that the backend fills in. */
  readonly dynamic: readonly string[];
  readonly requiresPython?: string;
  /** PEP 508 texts. */
  readonly dependencies: readonly string[];
  /** By normalised extra. */
  readonly optionalDependencies: ReadonlyMap<string, readonly string[]>;
  /** By normalised group, includes resolved. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly build: BuildSystem;
  /** For `tool` tables; empty where there is no pyproject.toml. */
  readonly pyproject: Table;
}

export interface BuildSystem {
  readonly requires: readonly string[];
  /** Such as `hatchling.build`. */
  readonly backend: string;
  /** Folders with a backend of its own, relative to the project's. */
  readonly backendPath: readonly string[];
  /** Whether the project says so itself, and not the defaults. */
  readonly declared: boolean;
}

/**
 * @param folder  absolute
 * @throws PROJECT_FORMAT, PROJECT_MISSING, FILE_READ
 * @source PyPA “pyproject.toml specification”; PEP 518 and 517 for the defaults
 */
export function readProject(folder: string): PythonProject {
  const file = ["pyproject.toml", "setup.py", "setup.cfg"]
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  if (file === undefined) {
    throw new TouchdownError("PROJECT_MISSING", `${folder} is no Python project`, {
      hint: "it has neither pyproject.toml nor setup.py nor setup.cfg",
    });
  }
  const pyproject = file.endsWith(".toml")
    ? readPyproject(file)
    : new Table({}, { file, code: "PROJECT_FORMAT" });
  const project = pyproject.table("project");
  const optional = project?.table("optional-dependencies");
  const poetry = pyproject.deep("tool", "poetry");
  const name = project === undefined ? poetry?.string("name") : project.requiredString("name");
  const version = project?.string("version") ?? poetry?.string("version");
  const requiresPython = project?.string("requires-python");
  return {
    folder,
    file,
    ...(name === undefined ? {} : { name: normalizeName(name) }),
    ...(version === undefined ? {} : { version }),
    dynamic: project?.strings("dynamic") ?? [],
    ...(requiresPython === undefined ? {} : { requiresPython }),
    dependencies: project?.strings("dependencies") ?? [],
    optionalDependencies: new Map(
      (optional?.keys ?? []).map((key) => [normalizeName(key), optional?.strings(key) ?? []]),
    ),
    groups: dependencyGroups(pyproject),
    build: buildSystem(pyproject.table("build-system")),
    pyproject,
  };
}

/** @throws PROJECT_FORMAT, FILE_READ */
export function readPyproject(file: string): Table {
  try {
    return parseToml(readFileSync(file, "utf8"), { file, code: "PROJECT_FORMAT" });
  } catch (cause) {
    if (cause instanceof TouchdownError) throw cause;
    throw new TouchdownError("FILE_READ", `cannot read ${file}: ${systemReason(cause)}`, { cause });
  }
}

function buildSystem(table: Table | undefined): BuildSystem {
  const backend = table?.string("build-backend");
  const backendPath = table?.strings("backend-path") ?? [];
  if (table !== undefined && table.strings("requires") === undefined)
    throw table.refuse("requires", "a list of requirements");
  return {
    requires: table?.strings("requires") ?? legacyBuildRequires,
    // what pip and build take for a project from before PEP 517
    backend: backend ?? "setuptools.build_meta:__legacy__",
    backendPath,
    declared: backend !== undefined,
  };
}
