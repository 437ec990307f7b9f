import { posix } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { parseDocument } from "../projects/toml-table.ts";
import type { LockedFile } from "../lock/locked.ts";
import { buildRequiresOf, legacyBuildRequires } from "../projects/project-inputs.ts";
import { readSdistFile } from "./sdist-file.ts";

/** Gets files: the path of each, by its sha256. */
export type FetchSdists = (files: readonly LockedFile[]) => Promise<ReadonlyMap<string, string>>;

/**
 * What an sdist needs to be built.
 *
 * @param sdist  its path; its name, for the error
 * @throws SDIST
 */
export async function buildRequiresOfSdist({
  path,
  name,
  subdirectory = ".",
}: {
  readonly path: string;
  readonly name: string;
  readonly subdirectory?: string;
}): Promise<readonly string[]> {
  const bytes = await readSdistFile(path, posix.join(subdirectory, "pyproject.toml"));
  if (bytes === undefined) {
    await requireLegacyProject({ path, name, subdirectory });
    return legacyBuildRequires;
  }
  try {
    return buildRequiresOf(parseDocument(Buffer.from(bytes).toString("utf8")));
  } catch (cause) {
    throw new TouchdownError("SDIST", `the pyproject.toml in ${name} is not valid TOML`, { cause });
  }
}

/** Of a folder in it no more is known than its files; at the top there may be a setup.py, or setuptools makes do without. */
async function requireLegacyProject(sdist: {
  readonly path: string;
  readonly name: string;
  readonly subdirectory: string;
}): Promise<void> {
  const { path, name, subdirectory } = sdist;
  if (subdirectory === ".") return;
  for (const file of ["setup.py", "setup.cfg"]) {
    if ((await readSdistFile(path, posix.join(subdirectory, file))) !== undefined) return;
  }
  throw new TouchdownError(
    "SDIST",
    `${name} has no project in ${subdirectory}, which is to be built`,
    {
      hint: "lock again: the lock names a subdirectory that is not there",
    },
  );
}
