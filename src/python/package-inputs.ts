/** All inputs of a package but its sources and generated files: what decides everything that is not the user's own. */
import { existsSync } from "node:fs";
import type { BytecodePython } from "./bytecode/bytecode-python.ts";
import type { InputTable } from "./package-key.ts";
import type { PackageWant } from "./package-schema.ts";
import { treeHash } from "./projects/tree-hash.ts";
import type { Resolved } from "./resolve-lock.ts";
import type { PackageSession } from "./session.ts";
import { relativeName } from "./sources.ts";

interface PackageInputs {
  /** Its file, absolute, and the sha256 of it; undefined where there is none yet. */
  readonly lock: { readonly path: string; readonly sha256: string } | undefined;
  /** Where it is locked what builds need, where that is another file. */
  readonly builds: string | undefined;
  readonly project: string | undefined;
  readonly resolved: readonly Resolved[];
  /** What compiles bytecode; undefined where none is wanted. */
  readonly python: BytecodePython | undefined;
}

export async function packageInputs(
  session: PackageSession,
  want: PackageWant,
  { lock, builds, project, resolved, python }: PackageInputs,
): Promise<InputTable> {
  return {
    ...optionInputs(want),
    // bytecode is that of one exact version
    ...(python === undefined ? {} : { "the Python that compiles": python.version }),
    ...lockInput(session, { lock, builds }),
    ...(await projectInputs(session, { part: want.part, project, resolved })),
  };
}

function optionInputs(want: PackageWant): InputTable {
  const { include, exclude, withoutPackages, extras, groups } = want;
  const lists = { include, exclude, withoutPackages, extras, groups };
  return {
    runtime: want.runtime,
    architecture: want.architecture,
    part: want.part,
    bytecode: String(want.bytecode),
    ...Object.fromEntries(
      Object.entries(lists)
        .filter(([, list]) => list.length > 0)
        .map(([name, list]) => [name, JSON.stringify(list)]),
    ),
  };
}

function lockInput(
  session: PackageSession,
  { lock, builds }: Pick<PackageInputs, "lock" | "builds">,
): InputTable {
  if (lock === undefined) return {};
  const own = { [relativeName(session.folder, lock.path)]: lock.sha256 };
  if (builds === undefined || builds === lock.path || !existsSync(builds)) return own;
  return { ...own, [relativeName(session.folder, builds)]: session.hashOf(builds) };
}

interface Projects {
  readonly part: PackageWant["part"];
  readonly project: string | undefined;
  readonly resolved: readonly Resolved[];
}

/** The files of the project and of every local project it needs: an edit in one of them is an edit here. */
async function projectInputs(
  session: PackageSession,
  { part, project, resolved }: Projects,
): Promise<InputTable> {
  const own = project === undefined ? [] : [project];
  const others = resolved.flatMap((each) => (each.kind === "directory" ? [each.path] : []));
  const folders = { whole: [...own, ...others], code: own, dependencies: others }[part];
  const table: Record<string, string> = {};
  for (const folder of new Set(folders)) {
    const hash = session.once(`tree ${folder}`, async () => treeHash(folder, session));
    table[`project ${relativeName(session.folder, folder)}`] = await hash;
  }
  return table;
}
