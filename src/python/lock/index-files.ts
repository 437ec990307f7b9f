import { TouchdownError } from "../../errors.ts";
import { withoutCredentials } from "../uv/credentials.ts";
import { sha256Of } from "./locked-file.ts";
import type { LockedFile, LockedPackage, LockedSource } from "./locked.ts";
import { filesSource } from "./files-source.ts";
import { filesOnPage, simpleApi, type IndexPage } from "./index-page.ts";

/** Fetches a page: `undefined` where the index has none (404). */
export type GetPage = (
  url: string,
  options: { readonly accept: string },
) => Promise<IndexPage | undefined>;

export type LocatedPackage = Omit<LockedPackage, "source"> & {
  readonly source: Exclude<LockedSource, { readonly kind: "hashes" }>;
};

interface Options {
  /** For messages. */
  readonly lock: string;
  /** Addresses such as `https://…/simple/`, asked in this order. */
  readonly indexes: readonly string[];
  readonly get: GetPage;
  /** Who knows where else files may be: asked once, for the packages of which no index has any; by sha256. */
  readonly elsewhere?: (
    packages: readonly LockedPackage[],
  ) => Promise<ReadonlyMap<string, LockedFile>>;
}

/**
 * Say where the files are that a lock has only names or hashes of. Hashes decide, so it does not matter which index
 * answers: those the lock names are asked first, then the configured ones. A named file that nobody has stays without url.
 *
 * @throws LOCK_FILES where a package has no file at all, and what `get` and `elsewhere` throw
 */
export async function locateFiles(
  packages: readonly LockedPackage[],
  options: Options,
): Promise<readonly LocatedPackage[]> {
  const asked = await Promise.all(packages.map((locked) => search(locked, options)));
  const rest = asked.filter(({ wanted, found }) => wanted.size > 0 && found.size === 0);
  const others =
    rest.length === 0 || options.elsewhere === undefined
      ? new Map<string, LockedFile>()
      : await options.elsewhere(rest.map(({ locked }) => locked));
  return asked.map(({ locked, wanted, found, indexes }) => {
    const more = [...others].filter(([sha256]) => wanted.has(sha256));
    const files = new Map([...more, ...found]);
    if (wanted.size > 0 && files.size === 0) throw nowhere(locked, { ...options, indexes });
    return { ...locked, source: located(locked, files) };
  });
}

interface Search {
  readonly locked: LockedPackage;
  /** Sha256s of the files whose place is not known. */
  readonly wanted: ReadonlySet<string>;
  readonly found: ReadonlyMap<string, LockedFile>;
  /** Those that were asked. */
  readonly indexes: readonly string[];
}

async function search(locked: LockedPackage, options: Options): Promise<Search> {
  const { source } = locked;
  if (source.kind === "directory" || source.kind === "vcs")
    return { locked, wanted: new Set(), found: new Map(), indexes: [] };
  const wanted = new Set(
    source.kind === "hashes"
      ? source.sha256
      : [...source.wheels, ...(source.sdist === undefined ? [] : [source.sdist])]
          .filter((file) => file.url === undefined && file.path === undefined)
          .map(({ sha256 }) => sha256),
  );
  const indexes = [...new Set([...(source.indexes ?? []), ...options.indexes])];
  return {
    locked,
    wanted,
    found: await find(locked.name, wanted, { ...options, indexes }),
    indexes,
  };
}

function located(
  { name, source }: LockedPackage,
  files: ReadonlyMap<string, LockedFile>,
): LocatedPackage["source"] {
  if (source.kind === "directory" || source.kind === "vcs") return source;
  if (source.kind === "hashes") return filesSource([...files.values()], { name, place: name });
  if (files.size === 0) return source;
  const filled = (file: LockedFile): LockedFile => {
    const { url, path, size } = files.get(file.sha256) ?? {};
    if (file.path !== undefined || file.url !== undefined) return file;
    return {
      ...file,
      ...(url === undefined ? {} : { url }),
      ...(path === undefined ? {} : { path }),
      ...(size === undefined ? {} : { size }),
    };
  };
  return {
    ...source,
    wheels: source.wheels.map(filled),
    ...(source.sdist === undefined ? {} : { sdist: filled(source.sdist) }),
  };
}

/** Until every hash is found, or every index asked. */
async function find(
  name: string,
  wanted: ReadonlySet<string>,
  { indexes, get }: Options,
): Promise<ReadonlyMap<string, LockedFile>> {
  const found = new Map<string, LockedFile>();
  for (const index of indexes) {
    if (found.size === wanted.size) break;
    const address = `${index.replace(/\/+$/, "")}/${name}/`;
    const page = await get(address, { accept: simpleApi });
    if (page === undefined) continue;
    for (const file of filesOnPage(page)) {
      const sha256 = sha256Of(file.sha256);
      if (sha256 === undefined || !wanted.has(sha256) || found.has(sha256)) continue;
      found.set(sha256, { ...file, sha256 });
    }
  }
  return found;
}

function nowhere(
  { name, version }: LockedPackage,
  { lock, indexes }: Pick<Options, "lock" | "indexes">,
): TouchdownError {
  const what = version === undefined ? name : `${name} ${version}`;
  const message = `no index has a file of ${what} with a hash that is in ${lock}`;
  const asked = indexes.map(withoutCredentials).join(", ");
  return new TouchdownError("LOCK_FILES", message, {
    hint:
      asked === ""
        ? "configure the index that it is from, for example with UV_INDEX"
        : `these were asked: ${asked}; lock again, or configure the index that it is from, for example with UV_INDEX`,
  });
}
