import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { withoutCredentials } from "../uv/credentials.ts";
import { lockTableText, type LockTable } from "./lock-table.ts";

/** The same on every machine, whatever made the lock there. */
const header = "# Written by touchdown. `touchdown lock` makes it anew.\n";

export type LockFolders = {
  /** Where uv wrote it: what its relative paths are relative to. */
  readonly from: string;
  /** Where the lock will be. */
  readonly to: string;
};

/**
 * Make a lock of what uv wrote: our header and table, every path relative to the lock, with `/`, and no credentials.
 *
 * @param written  a pylock.toml as uv writes it, each value on one line
 * @source PEP 751
 */
export function lockText(written: string, folders: LockFolders, table: LockTable): string {
  const body = written
    .replace(/^created-by = .*$/m, 'created-by = "touchdown"')
    .split(/\r?\n/)
    .map((line) => moved(line, folders))
    .join("\n")
    .trimEnd();
  return `${header}${withoutCredentials(body)}\n${lockTableText(table)}`;
}

/** What is on this machine has a `path`, or, where it came from find-links, a `file:` address. */
function moved(line: string, { from, to }: LockFolders): string {
  const place = (path: string): string => {
    const there = relative(to, path).split(sep).join("/");
    return `path = ${JSON.stringify(there === "" ? "." : there)}`;
  };
  return line
    .replaceAll(/(?<=[{ ]|^)path = ("(?:[^"\\]|\\.)*"|'[^']*')/g, (_, text: string) =>
      place(resolve(from, unquoted(text))),
    )
    .replaceAll(/(?<=[{ ]|^)url = "(file:[^"]*)"/g, (_, url: string) => place(fileURLToPath(url)));
}

function unquoted(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1) : String(JSON.parse(text));
}
