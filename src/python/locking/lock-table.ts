import { parse } from "smol-toml";
import { stringsOf, tableOf, type Table } from "../projects/toml-table.ts";

/** What a build needs, with the versions and hashes of it all. */
export type BackendLock = {
  /** As `[build-system]` has it, sorted. */
  readonly requires: readonly string[];
  /** Lines of a requirements file: `hatchling==1.27.0 --hash=sha256:…`. */
  readonly locked: readonly string[];
};

/** The `[tool.touchdown]` table of a lock that touchdown wrote. */
export type LockTable = {
  /** Of this table; another number means that the lock is to be made anew. */
  readonly format: number;
  /** For example `>=3.11`. */
  readonly python: string;
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  /** The exact Python that compiles bytecode, for each that packages have bytecode for: `3.13.0`. */
  readonly bytecode: readonly string[];
  /** The sha256 of what the lock depends on in each file, by path relative to the lock. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Sdists and commits whose build is locked, by what `buildId` says: their names. */
  readonly builds: ReadonlyMap<string, string>;
  readonly backends: readonly BackendLock[];
};

export const lockFormat = 1;

const heading = "\n[tool.touchdown]\n";

/** The table as TOML, to be put at a lock's end. @source PEP 751, “[tool]” */
export function lockTableText(table: LockTable): string {
  const backends = table.backends.flatMap(({ requires, locked }) => [
    "",
    "[[tool.touchdown.backends]]",
    `requires = ${list(requires)}`,
    ...(locked.length === 0 ? ["locked = []"] : ["locked = ["]),
    ...locked.map((line) => `    ${quoted(line)},`),
    ...(locked.length === 0 ? [] : ["]"]),
  ]);
  return [
    `${heading}format = ${table.format}`,
    `python = ${quoted(table.python)}`,
    `extras = ${list(table.extras)}`,
    `groups = ${list(table.groups)}`,
    ...(table.bytecode.length === 0 ? [] : [`bytecode = ${list(table.bytecode)}`]),
    "",
    "[tool.touchdown.inputs]",
    ...pairs(table.inputs),
    ...(table.builds.size === 0 ? [] : ["", "[tool.touchdown.builds]", ...pairs(table.builds)]),
    ...backends,
    "",
  ].join("\n");
}

/**
 * Read the table, and of the lock nothing else: it is the last in the file, and a lock may be long.
 *
 * @returns `undefined` for a lock that touchdown did not write
 */
export function readLockTable(lockText: string): LockTable | undefined {
  const text = lockText.replaceAll("\r\n", "\n");
  const start = text.lastIndexOf(heading);
  if (start === -1) return undefined;
  const table = tableOf(tableOf(parse(text.slice(start)), "tool"), "touchdown");
  const { format, python, extras, groups, bytecode, backends } = table;
  return {
    format: typeof format === "number" ? format : 0,
    python: typeof python === "string" ? python : "",
    extras: stringsOf(extras),
    groups: stringsOf(groups),
    bytecode: stringsOf(bytecode),
    inputs: textsIn(table, "inputs"),
    builds: textsIn(table, "builds"),
    backends: (Array.isArray(backends) ? backends : []).map((one: unknown) => ({
      requires: stringsOf(tableOf({ one }, "one")["requires"]),
      locked: stringsOf(tableOf({ one }, "one")["locked"]),
    })),
  };
}

function textsIn(table: Table, key: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(tableOf(table, key)).map(([name, text]) => [name, String(text)]));
}

function pairs(texts: ReadonlyMap<string, string>): readonly string[] {
  return [...texts].map(([name, text]) => `${quoted(name)} = ${quoted(text)}`);
}

function list(values: readonly string[]): string {
  return `[${values.map(quoted).join(", ")}]`;
}

/** A TOML string is a JSON string, but for the character DEL. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u007F", "\\u007F");
}

/** The exact Python that a lock names for bytecode of a minor version, 13 of Python 3.13. */
export function bytecodeVersion(table: LockTable, minor: number): string | undefined {
  return table.bytecode.find((version) => version.startsWith(`3.${minor}.`));
}
