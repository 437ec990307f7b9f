import { TouchdownError } from "../errors.ts";
import { checkEntryPath, checkPathsDiffer, encodePath, isPlainPath } from "./entry-path.ts";

/**
 * By the bytes of the path: not by language, and not by UTF-16 units, which sort 𝄞 before ﬀ.
 *
 * @throws ZIP_DUPLICATE_PATH, ZIP_PATH
 */
export function sortedByBytes<Entry extends { readonly path: string }>(
  entries: readonly Entry[],
): readonly Entry[] {
  let plain = true;
  for (const { path } of entries) {
    if (isPlainPath(path)) continue;
    plain = false;
    checkFilePath(path);
  }
  checkPathsDiffer(entries.map(({ path }) => path));
  // of ASCII, the order of units is that of bytes
  if (plain) return isAscending(entries) ? entries : entries.toSorted(byUnits);
  return entries
    .map((entry) => ({ entry, name: encodePath(entry.path) }))
    .toSorted((a, b) => Buffer.compare(a.name, b.name))
    .map(({ entry }) => entry);
}

type Pathed = { readonly path: string };

function isAscending(entries: readonly Pathed[]): boolean {
  let last = "";
  for (const { path } of entries) {
    if (path < last) return false;
    last = path;
  }
  return true;
}

function byUnits(a: Pathed, b: Pathed): number {
  return a.path < b.path ? -1 : 1;
}

function checkFilePath(path: string): void {
  checkEntryPath(path);
  if (!path.endsWith("/")) return;
  const shown = JSON.stringify(path);
  throw new TouchdownError("ZIP_PATH", `zip entry ${shown} is a folder; only files are written`);
}
