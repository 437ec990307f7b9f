import { dirname, resolve } from "node:path";
import { TouchdownError } from "../../errors.ts";
import type { Table } from "../projects/table.ts";
import { filesSource } from "./files-source.ts";
import { fileNameOf, isUrl, lockedFile, requireSha256, sha256Of } from "./locked-file.ts";
import type { LockedFile, LockedSource } from "./locked.ts";
import type { UvPackage } from "./uv-package.ts";
import { vcsSource } from "./vcs-source.ts";

/**
 * Where a `[[package]]` of a uv.lock comes from.
 *
 * @throws LOCK_FORMAT, LOCK_HASH
 */
export function uvSource({ name, table, source }: UvPackage, lockPath: string): LockedSource {
  const folder = dirname(lockPath);
  const [editable, directory] = [source.string("editable"), source.string("directory")];
  const local = editable ?? directory;
  if (local !== undefined) {
    const path = resolve(folder, local);
    return { kind: "directory", path, ...(editable === undefined ? {} : { editable: true }) };
  }
  const git = source.string("git");
  if (git !== undefined) return gitSource(git, source);
  const registry = source.string("registry");
  const whole = { url: source.string("url"), path: source.string("path") };
  if (registry === undefined && whole.url === undefined && whole.path === undefined)
    throw new TouchdownError("LOCK_FORMAT", `${table.place}: source is of no kind that is known`);
  const base = registry === undefined || isUrl(registry) ? folder : resolve(folder, registry);
  const sdist = table.table("sdist");
  const tables = [...table.tables("wheels"), ...(sdist === undefined ? [] : [sdist])];
  return filesSource(
    tables.map((file) => fileOf(file, { lockPath, base, whole })),
    {
      name,
      place: table.place,
      index: registry !== undefined && isUrl(registry) ? registry : undefined,
      subdirectory: source.string("subdirectory"),
    },
  );
}

interface FilePlaces {
  readonly lockPath: string;
  /** The folder of a registry that is one. */
  readonly base: string;
  /** Where the distribution is one file, its place is in the source. */
  readonly whole: { readonly url: string | undefined; readonly path: string | undefined };
}

function fileOf(table: Table, { lockPath, base, whole }: FilePlaces): LockedFile {
  const sha256 = requireSha256(sha256Of(table.string("hash") ?? ""), { place: table.place });
  if (table.string("url") !== undefined || table.string("path") !== undefined)
    return lockedFile(table, { lockPath, sha256, base });
  const place = whole.url ?? whole.path;
  const name = table.string("filename") ?? (place === undefined ? "" : fileNameOf(place));
  const size = table.count("size");
  if (place === undefined || name === "")
    throw new TouchdownError("LOCK_FORMAT", `${table.place} has neither url nor path`);
  return {
    name,
    ...(whole.url === undefined ? { path: resolve(base, place) } : { url: whole.url }),
    ...(size === undefined ? {} : { size }),
    sha256,
  };
}

/** `https://host/repository.git?rev=main&subdirectory=lib#0123…` */
function gitSource(text: string, source: Table): LockedSource {
  if (!URL.canParse(text)) throw source.refuse("git", "a url");
  const url = new URL(text);
  const commit = url.hash.slice(1);
  const subdirectory = url.searchParams.get("subdirectory") ?? undefined;
  for (const name of ["rev", "tag", "branch", "subdirectory", "lfs"]) url.searchParams.delete(name);
  url.hash = "";
  return vcsSource({ type: "git", url: url.href, commit, subdirectory, place: source.place });
}
