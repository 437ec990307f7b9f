import { TouchdownError } from "../errors.ts";
import { checkEntryPath, checkPathsDiffer, encodePath } from "./entry-path.ts";

/** What is to become an entry, and its path's bytes. */
export type Named<Entry> = { readonly entry: Entry; readonly name: Uint8Array };

/**
 * By the bytes of the path: not by language, and not by UTF-16 units, which sort 𝄞 before ﬀ.
 *
 * @throws ZIP_DUPLICATE_PATH, ZIP_PATH
 */
export function sortedByBytes<Entry extends { readonly path: string }>(
  entries: readonly Entry[],
): readonly Named<Entry>[] {
  for (const { path } of entries) checkFilePath(path);
  checkPathsDiffer(entries.map(({ path }) => path));
  return entries
    .map((entry) => ({ entry, name: encodePath(entry.path) }))
    .toSorted((a, b) => Buffer.compare(a.name, b.name));
}

function checkFilePath(path: string): void {
  checkEntryPath(path);
  if (!path.endsWith("/")) return;
  const shown = JSON.stringify(path);
  throw new TouchdownError("ZIP_PATH", `zip entry ${shown} is a folder; only files are written`);
}
