import { dirname, resolve } from "node:path";
import { TouchdownError } from "../../errors.ts";
import type { Table } from "../projects/table.ts";
import { filesSource } from "./files-source.ts";
import { isUrl, requireSha256, sha256Of } from "./locked-file.ts";
import type { LockedFile, LockedSource } from "./locked.ts";
import type { PoetryPackage } from "./poetry-package.ts";
import { vcsSource } from "./vcs-source.ts";

/**
 * Where a `[[package]]` of a poetry.lock comes from. Files of an index have no url there.
 *
 * @throws LOCK_FORMAT, LOCK_HASH
 */
export function poetrySource(entry: PoetryPackage, lockPath: string): LockedSource {
  const source = entry.table.table("source");
  const type = source?.string("type") ?? "legacy";
  const url = source?.requiredString("url");
  const subdirectory = source?.string("subdirectory");
  const local = url === undefined || isUrl(url) ? undefined : resolve(dirname(lockPath), url);
  switch (type) {
    case "legacy":
      return filesSource(filesOf(entry, {}), { ...about(entry), index: url });
    case "url":
      return filesSource(filesOf(entry, url === undefined ? {} : { url }), {
        ...about(entry),
        subdirectory,
      });
    case "file":
      return filesSource(filesOf(entry, local === undefined ? {} : { path: local }), about(entry));
    case "directory": {
      if (local === undefined) break;
      const editable = entry.table.boolean("develop") === true ? { editable: true } : {};
      return { kind: "directory", path: local, ...editable };
    }
    case "git": {
      const commit = source?.string("resolved_reference") ?? source?.string("reference") ?? "";
      return vcsSource({ type, url, commit, subdirectory, place: entry.table.keyPlace("source") });
    }
  }
  const place = entry.table.keyPlace("source");
  throw new TouchdownError(
    "LOCK_FORMAT",
    `${place} is of the type ${JSON.stringify(type)}, which is not known`,
  );
}

function about({ name, table }: PoetryPackage): { readonly name: string; readonly place: string } {
  return { name, place: table.place };
}

function filesOf(
  { files }: PoetryPackage,
  place: Pick<LockedFile, "url" | "path">,
): readonly LockedFile[] {
  return files.map((file: Table) => ({
    name: file.requiredString("file"),
    ...place,
    sha256: requireSha256(sha256Of(file.string("hash") ?? ""), { place: file.place }),
  }));
}
