import { createHash } from "node:crypto";
import { projectFiles, type ProjectFile } from "./project-files.ts";

/** Knows the sha256 of files, as 64 hex digits; remembers it where it can. */
export type FileHasher = { hashOf(file: string): string };

export type ProjectTree = {
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly (ProjectFile & { readonly sha256: string })[];
  /** Of all that a build of it depends on here; 64 hex digits. */
  readonly hash: string;
};

/** The files of a project, each with its hash. Nothing of it depends on where the folder is. */
export function projectTree(folder: string, hasher: FileHasher): ProjectTree {
  const files = projectFiles(folder).map((each) => ({ ...each, sha256: hasher.hashOf(each.file) }));
  const hash = createHash("sha256");
  for (const [name, value] of versionVariables()) hash.update(`${name}=${value}\n`);
  for (const { path, mode, sha256 } of files) hash.update(`${modeText(mode)} ${sha256} ${path}\n`);
  return { folder, files, hash: hash.digest("hex") };
}

/** As `projectTree(…).hash`. */
export function treeHash(folder: string, hasher: FileHasher): string {
  return projectTree(folder, hasher).hash;
}

/**
 * Variables that give a project the version which its backend would otherwise ask git for. A build is not given the
 * repository, whose state no hash of files covers.
 *
 * @source the documentation of setuptools-scm (hatch-vcs uses it too), pdm-backend, poetry- and uv-dynamic-versioning
 */
export function versionVariables(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly (readonly [name: string, value: string])[] {
  // names first: each value of the real environment costs a call into the system
  return Object.keys(environment)
    .filter((name) => versionPattern.test(name))
    .toSorted()
    .map((name) => [name, environment[name] ?? ""] as const);
}

const versionPattern =
  /^(SETUPTOOLS_SCM_PRETEND_VERSION(_FOR_.*)?|PDM_BUILD_SCM_VERSION|POETRY_DYNAMIC_VERSIONING_BYPASS|UV_DYNAMIC_VERSIONING_BYPASS)$/;

function modeText(mode: number): string {
  return mode.toString(8);
}
