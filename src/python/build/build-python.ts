import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { statIfExists } from "../../host/files.ts";
import { lastLines, runUv } from "../uv/run-uv.ts";
import type { Uv } from "../uv/uv.ts";

export type BuildPythonOptions = {
  /** Where uv's configuration begins to be looked for. */
  readonly cwd: string;
  readonly signal?: AbortSignal;
};

/**
 * The Python that a build runs with: of the target's minor version, so that the same build tools are chosen on every
 * machine. None is downloaded unless uv is configured to.
 *
 * @param minor  13 of Python 3.13
 * @returns      the program's path
 * @throws BUILD_PYTHON, COMMAND_TIMEOUT, INTERRUPTED
 */
export async function buildPython(
  uv: Uv,
  minor: number,
  options: BuildPythonOptions,
): Promise<string> {
  const found = await runUv(uv, ["python", "find", "--no-project", `3.${minor}`], options);
  const program = found.stdout.trim();
  if (found.exitCode === 0 && program !== "") return program;
  const installed = await pyenvPython(minor);
  if (installed !== undefined) return installed;
  throw new TouchdownError(
    "BUILD_PYTHON",
    `a wheel must be built here, with Python 3.${minor}, and this machine has none`,
    { hint: `install one, for example with: uv python install 3.${minor}\n${lastLines(found, 8)}` },
  );
}

/**
 * pyenv's shims run only the versions that are switched on, and uv stops at one that does not run.
 *
 * @param exact  that one alone; default: the newest
 */
export async function pyenvPython(minor: number, exact?: string): Promise<string | undefined> {
  const root = process.env["PYENV_ROOT"] || join(homedir(), ".pyenv");
  const names = await readdir(join(root, "versions")).catch(() => []);
  const fitting = names
    .filter((name) => new RegExp(`^3\\.${minor}\\.\\d+$`).test(name))
    .filter((name) => exact === undefined || name === exact)
    .toSorted((a, b) => Number(b.split(".")[2]) - Number(a.split(".")[2]));
  for (const name of fitting) {
    const program = join(root, "versions", name, "bin", "python");
    if ((await statIfExists(program)) !== undefined) return program;
  }
  return undefined;
}
