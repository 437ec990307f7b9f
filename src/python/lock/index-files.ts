import { TouchdownError } from "../../errors.ts";
import { withoutCredentials } from "../credentials.ts";
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

/**
 * Say where the files are that a lock has only names or hashes of. Hashes decide, so it does not matter which index
 * answers: those the lock names are asked first, then the configured ones. A named file that no index has stays without url.
 *
 * @param options.indexes  addresses such as `https://…/simple/`
 * @throws LOCK_FILES where a package has no file at all, and what `get` throws
 */
export function locateFiles(
  packages: readonly LockedPackage[],
  options: { readonly indexes: readonly string[]; readonly get: GetPage },
): Promise<readonly LocatedPackage[]> {
  return Promise.all(
    packages.map(async (locked) => ({ ...locked, source: await located(locked, options) })),
  );
}

interface Options {
  readonly indexes: readonly string[];
  readonly get: GetPage;
}

async function located(locked: LockedPackage, options: Options): Promise<LocatedPackage["source"]> {
  const { source } = locked;
  if (source.kind === "directory" || source.kind === "vcs") return source;
  const wanted =
    source.kind === "hashes"
      ? source.sha256
      : [...source.wheels, ...(source.sdist === undefined ? [] : [source.sdist])]
          .filter((file) => file.url === undefined && file.path === undefined)
          .map(({ sha256 }) => sha256);
  if (wanted.length === 0 && source.kind === "files") return source;
  const indexes = [...new Set([...(source.indexes ?? []), ...options.indexes])];
  const found = await find(locked.name, new Set(wanted), { ...options, indexes });
  if (found.size === 0) throw nowhere(locked, indexes);
  if (source.kind === "hashes")
    return filesSource([...found.values()], { name: locked.name, place: locked.name });
  const filled = (file: LockedFile): LockedFile => {
    const { url, size } = found.get(file.sha256) ?? {};
    if (file.path !== undefined || file.url !== undefined || url === undefined) return file;
    return { ...file, url, ...(size === undefined ? {} : { size }) };
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

function nowhere({ name, version }: LockedPackage, indexes: readonly string[]): TouchdownError {
  const what = version === undefined ? name : `${name} ${version}`;
  const message = `no index has a file of ${what} with a hash that is in the lock`;
  const asked = indexes.map(withoutCredentials).join(", ");
  return new TouchdownError("LOCK_FILES", message, {
    hint:
      asked === ""
        ? "configure the index that it is from"
        : `these were asked: ${asked}; lock again, or configure the index that it is from`,
  });
}
