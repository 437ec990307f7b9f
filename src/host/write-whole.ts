import { closeSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "./system-error.ts";
import { temporaryPath } from "./temporary-path.ts";

/**
 * Write a file whole or not at all: a temporary file beside it, then a rename: who looks there meanwhile
 * finds what was there, or all of the new one. Not synced to the disk: it can be made again, and is checked before it
 * is used.
 *
 * @param write  is given the open file, and where to put, beside it, what is needed only while it is written; where it
 *               returns undefined the file is left out
 * @param name   where what was written belongs, if that is known only then: on the same file system, its folder is
 *               made. Default: at `path`
 * @throws FILE_WRITE; what `write` throws, unless the system says it
 */
export async function writeWhole<Result>(
  path: string,
  write: (file: number, spoolBeside: () => string) => Promise<Result>,
  name: (result: Result & {}) => string = () => path,
): Promise<Result> {
  const temporary = temporaryPath(path);
  const spools: string[] = [];
  const spoolBeside = (): string => {
    const spool = temporaryPath(path);
    spools.push(spool);
    return spool;
  };
  try {
    const result = await writeTemporary(temporary, (file) => write(file, spoolBeside));
    if (result === undefined || result === null) removeQuietly(temporary);
    else putInPlace(temporary, name(result));
    return result;
  } catch (cause) {
    removeQuietly(temporary);
    if (!isSystemError(cause)) throw cause;
    const message = `cannot write ${path}: ${systemReason(cause)}`;
    throw new TouchdownError("FILE_WRITE", message, { cause });
  } finally {
    for (const spool of spools) removeQuietly(spool);
  }
}

async function writeTemporary<Result>(
  path: string,
  write: (file: number) => Promise<Result>,
): Promise<Result> {
  const file = openSync(path, "wx", 0o644);
  try {
    return await write(file);
  } finally {
    closeSync(file);
  }
}

function putInPlace(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    if (errorName(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    renameSync(temporary, path);
  }
}

/** What is left behind is in nobody's way; the first error is the one to show. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
