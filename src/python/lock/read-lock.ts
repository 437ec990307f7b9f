import { basename, dirname, join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { readIfExists } from "../../host/files.ts";
import { parseToml, type Table } from "../projects/table.ts";
import type { LockedPackage, Selection } from "./locked.ts";
import { readPylock } from "./pylock.ts";
import { readPdmLock } from "./pdm-lock.ts";
import { readPipfileLock } from "./pipfile-lock.ts";
import { readPoetryLock } from "./poetry-lock.ts";
import { readRequirementsLock } from "./requirements-lock.ts";
import { readUvLock } from "./uv-lock.ts";

/**
 * What of a lock is to be installed for a target, obeyed exactly, never resolved anew.
 *
 * @param path  absolute; the file's name says what kind of lock it is
 * @throws LOCK_AMBIGUOUS, LOCK_FORMAT, LOCK_HASH, LOCK_MISSING, LOCK_PYTHON, LOCK_SELECTION, LOCK_TARGET, LOCK_VERSION, MARKER,
 *         REQUIREMENT, FILE_READ
 */
export async function readLock(
  path: string,
  selection: Selection,
): Promise<readonly LockedPackage[]> {
  const bytes = await readIfExists(path);
  if (bytes === undefined) throw new TouchdownError("LOCK_MISSING", `there is no file ${path}`);
  const [text, options] = [bytes.toString(), { path, selection }];
  const name = basename(path);
  if (/^pylock(?:\.[^.]+)?\.toml$/.test(name))
    return withWayOut(name, () => readPylock(text, options));
  switch (name) {
    case "uv.lock":
      return readUvLock(text, options);
    case "poetry.lock":
      return readPoetryLock(text, { ...options, pyproject: await projectBeside(path) });
    case "pdm.lock":
      return readPdmLock(text, options);
    case "Pipfile.lock":
      return readPipfileLock(text, options);
  }
  if (/\.(?:txt|in)$/.test(name)) return readRequirementsLock(path, selection);
  throw new TouchdownError("LOCK_MISSING", `${path} is no lock that touchdown knows by its name`, {
    hint: "it reads pylock.toml, pylock.NAME.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock and requirements.txt with hashes",
  });
}

async function projectBeside(path: string): Promise<Table | undefined> {
  const file = join(dirname(path), "pyproject.toml");
  const bytes = await readIfExists(file);
  return bytes === undefined
    ? undefined
    : parseToml(bytes.toString(), { file, code: "LOCK_FORMAT" });
}

/** One that can't be read may have lost the table that says that touchdown keeps it. */
function withWayOut<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TouchdownError) || error.code !== "LOCK_FORMAT") throw error;
    const hint = error.hint ?? `restore it, or delete ${name} and run touchdown lock`;
    throw new TouchdownError(error.code, error.message, { cause: error, hint });
  }
}
