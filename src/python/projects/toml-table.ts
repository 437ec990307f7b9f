import { parse } from "smol-toml";

export type Table = Readonly<Record<string, unknown>>;

/** As uv reads it: with the mark that some editors put before the first line. @throws TomlError */
export function parseDocument(text: string): Table {
  return parse(text.replace(/^\uFEFF/, ""));
}

/** The table under a key; empty where there is none, or something else. */
export function tableOf(parent: unknown, key: string): Table {
  if (!isTable(parent)) return {};
  const value = parent[key];
  return isTable(value) ? value : {};
}

/** The strings of a list; none where it is no list. */
export function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** A date is an object, and no table. */
export function isTable(value: unknown): value is Table {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
