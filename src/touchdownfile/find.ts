/** Which file is the user's Touchdownfile. */
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { TouchdownError } from "../errors.ts";

/** In the order they are looked for in a folder. */
const names = ["Touchdownfile.ts", "Touchdownfile.mts", "Touchdownfile.js", "Touchdownfile.mjs"];

/**
 * The absolute path of the Touchdownfile in the folder `from` or the nearest folder above it, or of
 * `file`, relative to `from`, where the user named one.
 *
 * @throws TOUCHDOWNFILE_MISSING
 */
export function findTouchdownfile(from: string, file?: string): string {
  if (file !== undefined) {
    const path = resolve(from, file);
    if (isFile(path)) return path;
    throw new TouchdownError("TOUCHDOWNFILE_MISSING", `there is no file ${path}`, {
      hint: "name a Touchdownfile that exists with --file",
    });
  }
  const folders = upwards(resolve(from));
  for (const folder of folders) {
    for (const name of names) {
      if (isFile(join(folder, name))) return join(folder, name);
    }
  }
  throw new TouchdownError(
    "TOUCHDOWNFILE_MISSING",
    `no Touchdownfile.ts in ${folders.join(", ")}`,
    {
      hint: `write one (${names.join(", ")}), go to the folder that has one, or name it with --file`,
    },
  );
}

function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
