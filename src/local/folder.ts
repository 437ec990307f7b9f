import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import { stateFolder } from "../host/dirs.ts";
import { systemReason } from "../host/system-error.ts";

/**
 * The folder of this user's embedded AWS: what runs, its log, its temporary files. `TOUCHDOWN_LOCAL_DIR` names
 * another, and with it another embedded AWS.
 *
 * @throws FOLDER_WRITE
 */
export async function localFolder(): Promise<string> {
  const own = process.env["TOUCHDOWN_LOCAL_DIR"];
  const folder = own ? resolve(own) : join(await stateFolder(), "local");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (cause) {
    const hint = "set TOUCHDOWN_LOCAL_DIR to a folder you can write to";
    throw new TouchdownError(
      "FOLDER_WRITE",
      `cannot make the folder ${folder}: ${systemReason(cause)}`,
      { hint, cause },
    );
  }
}
