import { TouchdownError } from "../errors.ts";

/**
 * Refuse a path that would leave the folder it is unzipped in, or that two programs would read differently. A folder's
 * path ends with `/`.
 *
 * @throws ZIP_PATH
 */
export function checkEntryPath(path: string): void {
  const problem = problemOf(path);
  if (problem !== undefined)
    throw new TouchdownError("ZIP_PATH", `zip entry ${JSON.stringify(path)} ${problem}`);
}

/** Whether a file's path is of ASCII and nothing is wrong with it: what most are, told fast. */
export function isPlainPath(path: string): boolean {
  return path.length <= longestPath && path !== "" && !notPlain.test(path);
}

/** A letter that is not ASCII's or not good · an empty part, also at the end · `.` or `..` as a part · a drive. */
const notPlain = /[^ -[\]-~]|(?:^|\/)(?:\/|\.{0,2}$|\.{1,2}\/)|^[A-Za-z]:/;

/**
 * Refuse a path that is there twice, and one that is a file and also the folder of another.
 *
 * @throws ZIP_DUPLICATE_PATH
 */
export function checkPathsDiffer(paths: readonly string[]): void {
  const all = new Set(paths);
  if (all.size < paths.length) throw duplicate(firstTwice(paths), "is in the zip twice");
  // neighbours are mostly in one folder, whose parts need looking up only once
  let known = "";
  for (const path of paths) {
    const folderEnd = path.lastIndexOf("/") + 1;
    if (folderEnd === known.length && path.startsWith(known)) continue;
    known = path.slice(0, folderEnd);
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (all.has(folder))
        throw duplicate(folder, `is a file and also the folder of ${JSON.stringify(path)}`);
    }
  }
}

function firstTwice(paths: readonly string[]): string {
  const seen = new Set<string>();
  return paths.find((path) => seen.has(path) || (seen.add(path), false)) ?? "";
}

/**
 * A path's bytes: UTF-8, at most 65,535 of them.
 *
 * @throws ZIP_PATH
 * @source APPNOTE 6.3.10 §4.4.10
 */
export function encodePath(path: string): Uint8Array {
  const bytes = new TextEncoder().encode(path);
  const refuse = (problem: string): never => {
    throw new TouchdownError("ZIP_PATH", `zip entry ${JSON.stringify(path)} ${problem}`);
  };
  if (bytes.length > longestPath) return refuse("is longer than 65,535 bytes");
  // half a surrogate pair has no UTF-8; two such names would become the same
  if (new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) !== path)
    return refuse("is not Unicode text");
  return bytes;
}

const longestPath = 0xffff;

function problemOf(path: string): string | undefined {
  if (path === "") return "has an empty name";
  if (path.includes("\0")) return "has a NUL byte in its name";
  if (path.includes("\\")) return "has a backslash in its name";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "has an absolute path";
  const parts = (path.endsWith("/") ? path.slice(0, -1) : path).split("/");
  if (parts.includes("..")) return "has .. in its path";
  if (parts.includes(".") || parts.includes("")) return "has an empty part in its path";
  return undefined;
}

function duplicate(path: string, problem: string): TouchdownError {
  return new TouchdownError("ZIP_DUPLICATE_PATH", `zip entry ${JSON.stringify(path)} ${problem}`);
}
