/** A user's own files and the generated ones, as entries of the zip. */
import type { OwnFile } from "./inspect.ts";
import type { OwnEntry } from "./pack.ts";
import type { PackageWant } from "./package-schema.ts";
import { TouchdownError } from "../errors.ts";

/**
 * A generated file takes the place of a source of the same path: it was named in the Touchdownfile.
 *
 * @throws SOURCE_TWICE
 */
export function ownEntries(
  { files, part }: PackageWant,
  sources: readonly OwnFile[],
): readonly OwnEntry[] {
  if (part === "dependencies") return [];
  const entries = new Map<string, OwnEntry>();
  for (const { path, file, mode, size, sha256 } of sources) {
    const before = entries.get(path);
    if (before?.from === "file" && before.file !== file) throw twice(path, before.file, file);
    entries.set(path, { path, mode, from: "file", file, size, sha256 });
  }
  for (const [path, contents] of Object.entries(files)) {
    const bytes = typeof contents === "string" ? Buffer.from(contents) : contents;
    entries.set(path, { path, mode: 0o644, from: "bytes", bytes });
  }
  return [...entries.values()];
}

function twice(path: string, one: string, other: string): TouchdownError {
  return new TouchdownError(
    "SOURCE_TWICE",
    `both ${one} and ${other} would be ${path} in the zip`,
    {
      hint: 'exclude one, or put it into a folder of the zip: { from: "…", to: "…" }',
    },
  );
}
