/** Which file is the user's Touchdownfile. */
import { stat } from "node:fs/promises";
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
export async function findTouchdownfile(from: string, file?: string): Promise<string> {
  if (file !== undefined) {
    const path = resolve(from, file);
    if (await isFile(path)) return path;
    throw new TouchdownError("TOUCHDOWNFILE_MISSING", `there is no file ${path}`, {
      hint: "name a Touchdownfile that exists with --file",
    });
  }
  const folders = upwards(resolve(from));
  for (const folder of folders) {
    for (const name of names) {
      if (await isFile(join(folder, name))) return join(folder, name);
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

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const absent = ["ENOENT", "ENOTDIR"];
    if (error instanceof Error && "code" in error && absent.includes(String(error.code)))
      return false;
    throw error;
  }
}
