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

/**
 * Refuse a path that is there twice, and one that is a file and also the folder of another.
 *
 * @throws ZIP_DUPLICATE_PATH
 */
export function checkPathsDiffer(paths: readonly string[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) throw duplicate(path, "is in the zip twice");
    seen.add(path);
  }
  for (const path of paths) {
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (seen.has(folder))
        throw duplicate(folder, `is a file and also the folder of ${JSON.stringify(path)}`);
    }
  }
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
  if (bytes.length > 0xffff) return refuse("is longer than 65,535 bytes");
  // half a surrogate pair has no UTF-8; two such names would become the same
  if (new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) !== path)
    return refuse("is not Unicode text");
  return bytes;
}

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
