/**
 * The inputs of a package, and the key under which the store has what was made of them.
 *
 * | input                                       | resolved | wheel built here | dependencies | zip |
 * | ------------------------------------------- | -------- | ---------------- | ------------ | --- |
 * | the lock's bytes and its file's name        | x        |                  | by its wheels | x  |
 * | extras, groups, the project's place         | x        |                  |              | x   |
 * | runtime, architecture                       | x        | the minor        | x            | x   |
 * | the sha256 of each wheel                    |          |                  | x            |     |
 * | a local project's files (names, modes, bytes) |        | x                |              | x   |
 * | uv's version, the backend's lock            |          | x                |              |     |
 * | sources and generated files                 |          |                  |              | x   |
 * | include, exclude, withoutPackages           |          |                  | x            | x   |
 * | bytecode, and the exact Python that compiles it |      |                  | x            | x   |
 * | the version of our own stages               | x        | x                | x            | x   |
 *
 * Nothing else counts: not the clock, the user, the machine, the folder, nor the environment.
 */
import { sha256Hex } from "../host/sha256.ts";

/** Raised when the same inputs would give other bytes than before: then nothing built before is found again. */
export const stagesVersion = 1;

/** What an input is called, in words a person reads, and what it is: a hash, or a value. */
export type InputTable = Readonly<Record<string, string>>;

/** Of a package: those that all of its dependencies and own paths have, and what its own files are, by path. */
export interface PackageInputs {
  readonly shared: InputTable;
  readonly own: InputTable;
}

/** As one table. A file may be called `runtime`, as an input is. */
export function joined({ shared, own }: PackageInputs): InputTable {
  const named = Object.entries(own).map(([path, value]) => [
    Object.hasOwn(shared, path) ? `./${path}` : path,
    value,
  ]);
  return { ...shared, ...Object.fromEntries(named) };
}

/** What a package is found by. */
export interface PackageId {
  /** Of all its inputs, 64 hex digits. */
  readonly key: string;
  /** Of its inputs but for what its own files are, 64 hex digits: packages of one can be made from each other. */
  readonly group: string;
}

export function idOf(inputs: PackageInputs): PackageId {
  const paths = JSON.stringify(Object.keys(inputs.own).toSorted());
  return { key: keyOf(joined(inputs)), group: keyOf({ ...inputs.shared, "own paths": paths }) };
}

/** 64 hex digits. */
export function keyOf(inputs: InputTable): string {
  let text = `touchdown package ${stagesVersion}\n`;
  for (const name of Object.keys(inputs).toSorted())
    text += `${JSON.stringify(name)} ${JSON.stringify(inputs[name])}\n`;
  return sha256Hex(text);
}

/**
 * What differs between two tables, in words: `src/app.py changed`; the first three, and how many more.
 *
 * @returns  undefined where nothing differs
 */
export function differenceOf(before: InputTable, now: InputTable): string | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
  const changes = names.flatMap((name) => {
    // a file may be called `constructor`
    const [was, is] = [before, now].map((table) => Object.hasOwn(table, name) && table[name]);
    if (was === is) return [];
    if (was === false) return [`${name} is new`];
    return [is === false ? `${name} is gone` : `${name} changed`];
  });
  if (changes.length === 0) return undefined;
  const more = changes.length > 3 ? ` and ${changes.length - 3} more` : "";
  return `${changes.slice(0, 3).join(", ")}${more}`;
}
