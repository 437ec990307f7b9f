import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "./system-error.ts";

/**
 * Refuse a folder that a command cannot run in: Node reports it as if the program were missing.
 *
 * @throws COMMAND_FOLDER
 */
export async function requireFolder(folder: string, program: string): Promise<void> {
  const found = await stat(folder).catch((cause: unknown) => {
    throw new TouchdownError(
      "COMMAND_FOLDER",
      `${program} cannot run in ${folder}: ${systemReason(cause)}`,
      { cause },
    );
  });
  if (found.isDirectory()) return;
  throw new TouchdownError("COMMAND_FOLDER", `${program} cannot run in ${folder}: not a folder`);
}

/**
 * Why a program did not start, as the error to throw.
 *
 * @param failure.path  the PATH that was searched
 * @returns             COMMAND_NOT_FOUND or COMMAND_NOT_STARTED
 */
export async function spawnFailure(
  program: string,
  failure: { readonly cause: unknown; readonly cwd: string; readonly path: string | undefined },
): Promise<TouchdownError> {
  const { cause, cwd, path } = failure;
  if (errorName(cause) !== "ENOENT") {
    const reason = systemReason(cause);
    const hint =
      errorName(cause) === "EACCES" ? `make it executable: chmod +x ${program}` : undefined;
    return new TouchdownError("COMMAND_NOT_STARTED", `${program} could not be started: ${reason}`, {
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  if (!program.includes("/")) {
    const searched = path === undefined ? "PATH is not set" : `PATH is ${path}`;
    return new TouchdownError("COMMAND_NOT_FOUND", `${program} was not found; ${searched}`, {
      hint: `install ${program}, or add its folder to PATH`,
      cause,
    });
  }
  const file = resolve(cwd, program);
  const interpreter = await firstLineOf(file);
  if (interpreter?.startsWith("#!")) {
    const message = `${program} could not be started: the interpreter its first line names is missing: ${interpreter}`;
    return new TouchdownError("COMMAND_NOT_FOUND", message, { cause });
  }
  return new TouchdownError("COMMAND_NOT_FOUND", `${program} was not found; looked for ${file}`, {
    cause,
  });
}

async function firstLineOf(file: string): Promise<string | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return buffer.toString("utf8", 0, bytesRead).split("\n", 1)[0]?.trimEnd();
  } finally {
    await handle.close();
  }
}
