import { readFileSync } from "node:fs";
import { isTable, parseDocument, stringsOf } from "../projects/toml-table.ts";
import { normalizeName } from "../wheel/wheel-name.ts";
import { readLockTable } from "./lock-table.ts";

/**
 * The distributions that a lock which touchdown keeps has, and those that builds need.
 *
 * @param path  absolute
 * @returns     as in PEP 503; undefined where there is no such lock, or one that can't be read: it is made anew
 */
export function lockedNames(path: string): ReadonlySet<string> | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const { packages } = parseDocument(text);
    const listed = (Array.isArray(packages) ? packages : []).flatMap((one: unknown) =>
      isTable(one) ? stringsOf([one["name"]]) : [],
    );
    const lines = readLockTable(text)?.backends.flatMap(({ locked }) => locked) ?? [];
    const built = lines.flatMap((line) => /^[\w.-]+/u.exec(line) ?? []);
    return new Set([...listed, ...built].map(normalizeName));
  } catch {
    return undefined;
  }
}
