import { TouchdownError } from "../../errors.ts";
import { pythonFullVersion } from "../specifiers/marker-environment.ts";
import { parseSpecifiers, satisfies } from "../specifiers/specifier.ts";
import type { Table } from "../projects/table.ts";
import { targetText, type Target } from "../wheel/targets.ts";
import { normalizeName } from "../wheel/wheel-name.ts";

/**
 * Refuse a target whose Python the lock, or a package in it, was not made for.
 *
 * @param key  where the table has the range, such as `requires-python`
 * @throws LOCK_PYTHON, LOCK_FORMAT
 */
export function checkPython(table: Table, key: string, options: { readonly target: Target }): void {
  const range = table.string(key);
  if (range === undefined || range === "") return;
  const specifiers = parseSpecifiers(range);
  if (specifiers === undefined) throw table.refuse(key, "a range of versions");
  if (satisfies(pythonFullVersion(options.target), specifiers)) return;
  throw wrongPython(table.keyPlace(key), range, options.target);
}

export function wrongPython(place: string, range: string, target: Target): TouchdownError {
  return new TouchdownError(
    "LOCK_PYTHON",
    `${place} is ${JSON.stringify(range)}, and the function runs on ${target.runtime}`,
    {
      hint: `choose another runtime, or lock again for this one, which has reached Python ${pythonFullVersion(target)}`,
    },
  );
}

/**
 * The names asked for, normalised, each once. What the lock does not have is refused: left out silently, it would be
 * missed only when the function runs.
 *
 * @throws LOCK_SELECTION
 */
export function askedFor(
  names: readonly string[],
  options: { readonly known: readonly string[]; readonly what: string; readonly file: string },
): ReadonlySet<string> {
  const known = new Set(options.known.map(normalizeName));
  const asked = new Set(names.map(normalizeName));
  for (const name of asked) {
    if (known.has(name)) continue;
    const message = `${options.file} has no ${options.what} ${JSON.stringify(name)}`;
    const list = [...known].toSorted().join(", ");
    throw new TouchdownError("LOCK_SELECTION", message, {
      hint: known.size === 0 ? `it has no ${options.what} at all` : `it has ${list}`,
    });
  }
  return asked;
}

/** @throws LOCK_TARGET */
export function wrongTarget(table: Table, key: string, target: Target): TouchdownError {
  return new TouchdownError(
    "LOCK_TARGET",
    `${table.keyPlace(key)} leaves out ${targetText(target)}`,
    { hint: "lock again for Linux and this architecture and Python, or without naming machines" },
  );
}
