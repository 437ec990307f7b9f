import { copyFile, rename, rm } from "node:fs/promises";
import { TouchdownError } from "../errors.ts";
import { sha256File } from "./files.ts";
import { systemReason } from "./system-error.ts";
import { temporaryPath } from "./temporary-path.ts";

/**
 * Copy a file whole or not at all, unless one with that sha256 is there: then it stays, with its time.
 *
 * @param facts.sha256  of `from`, 64 hex digits
 * @throws ARTIFACT_CHANGED where `from` no longer has it; FILE_READ, FILE_WRITE
 */
export async function copyIfDifferent(
  from: string,
  to: string,
  { sha256 }: { readonly sha256: string },
): Promise<void> {
  if ((await sha256File(to)) === sha256) return;
  const temporary = temporaryPath(to);
  try {
    await copyFile(from, temporary);
    if ((await sha256File(temporary)) !== sha256) throw changed(from);
    await rename(temporary, to);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    if (cause instanceof TouchdownError) throw cause;
    throw new TouchdownError("FILE_WRITE", `cannot write ${to}: ${systemReason(cause)}`, { cause });
  }
}

function changed(path: string): TouchdownError {
  return new TouchdownError(
    "ARTIFACT_CHANGED",
    `${path} is no longer what was built: its bytes differ`,
    { hint: "run touchdown cache verify, then the same command again: it builds it anew" },
  );
}
