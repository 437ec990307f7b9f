import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { TouchdownError } from "../../errors.ts";
import type { Table } from "../projects/table.ts";
import type { LockedFile } from "./locked.ts";

/**
 * A file as pylock.toml and uv.lock write it: `name`, `url` or `path`, `size`.
 *
 * @param options.lockPath  absolute; relative paths and urls are relative to it
 * @param options.base      where relative paths are relative to another folder
 * @throws LOCK_FORMAT where it can't be found: no url and no path, or no file name in them
 */
export function lockedFile(
  table: Table,
  options: { readonly lockPath: string; readonly sha256: string; readonly base?: string },
): LockedFile {
  const [path, url] = [table.string("path"), table.string("url")];
  const size = table.count("size");
  const place = placeOf(table, { path, url, ...options });
  const name = table.string("name") ?? fileNameOf(place.path ?? place.url ?? "");
  if (name === "")
    throw new TouchdownError(
      "LOCK_FORMAT",
      `${table.place}: neither name, path nor url name a file`,
    );
  return { name, ...place, ...(size === undefined ? {} : { size }), sha256: options.sha256 };
}

/** `sha256:…` as most locks have it, or 64 hex digits alone. */
export function sha256Of(text: string): string | undefined {
  return /^(?:sha256[:=])?([0-9a-f]{64})$/i.exec(text)?.[1]?.toLowerCase();
}

/** @throws LOCK_HASH */
export function requireSha256(
  found: string | undefined,
  options: { readonly place: string },
): string {
  if (found !== undefined) return found;
  throw new TouchdownError("LOCK_HASH", `${options.place} has no sha256`, {
    hint: "lock again with a tool that writes sha256 hashes: without one nobody could tell that the file is the one that was locked",
  });
}

/** The last part of a url's or a path's path, decoded. */
export function fileNameOf(place: string): string {
  const path = isUrl(place) ? new URL(place).pathname : place.replaceAll("\\", "/");
  const last = path.slice(path.lastIndexOf("/") + 1);
  if (!isUrl(place)) return last;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text) && URL.canParse(text);
}

function placeOf(
  table: Table,
  options: {
    readonly path: string | undefined;
    readonly url: string | undefined;
    readonly lockPath: string;
    readonly base?: string;
  },
): Pick<LockedFile, "path" | "url"> {
  const folder = options.base ?? dirname(options.lockPath);
  // where a lock has both, the url is good on every machine
  if (options.url !== undefined) {
    if (!isUrl(options.url)) throw table.refuse("url", "a url");
    return options.url.startsWith("file:")
      ? { path: fileURLToPath(options.url) }
      : { url: options.url };
  }
  if (options.path !== undefined) return { path: resolve(folder, options.path) };
  throw new TouchdownError("LOCK_FORMAT", `${table.place} has neither url nor path`);
}
