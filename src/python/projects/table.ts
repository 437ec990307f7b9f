import { parse, TomlError } from "smol-toml";
import { TouchdownError, type ErrorCode } from "../../errors.ts";
import { isTable } from "./toml-table.ts";

/** Which file it is, for messages, and the code of the errors that its contents give. */
export interface TableFile {
  readonly file: string;
  readonly code: ErrorCode;
}

/**
 * A table of a TOML or JSON file that knows where it stands, so that a message can name file and key. Keys nobody asks
 * for are no error: formats grow.
 */
export class Table {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly from: TableFile;
  private readonly path: string;

  constructor(values: Readonly<Record<string, unknown>>, from: TableFile, path = "") {
    this.values = values;
    this.from = from;
    this.path = path;
  }

  /** For messages: `pylock.toml: six: wheels[0]`. */
  get place(): string {
    return this.path === "" ? this.from.file : `${this.from.file}: ${this.path.replace(/:$/, "")}`;
  }

  get file(): string {
    return this.from.file;
  }

  get keys(): readonly string[] {
    return Object.keys(this.values);
  }

  /** The same table, in messages under a name that says more than `packages[3]`. */
  called(name: string): Table {
    return new Table(this.values, this.from, `${name}:`);
  }

  /** What it holds, as it was parsed. */
  get plain(): Readonly<Record<string, unknown>> {
    return this.values;
  }

  /** For comparison: the same text for the same keys and values, whatever their order. */
  get canonical(): string {
    return JSON.stringify(Object.entries(this.values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  raw(key: string): unknown {
    return Object.hasOwn(this.values, key) ? this.values[key] : undefined;
  }

  string(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.refuse(key, "a text");
  }

  requiredString(key: string): string {
    const value = this.string(key);
    if (value !== undefined) return value;
    throw this.refuse(key, "a text");
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.refuse(key, "true or false");
  }

  /** A whole number, 0 or above. */
  count(key: string): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.refuse(key, "a whole number");
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.raw(key);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.refuse(key, "a list");
  }

  strings(key: string): readonly string[] | undefined {
    return this.list(key)?.map((value) => {
      if (typeof value === "string") return value;
      throw this.refuse(key, "a list of texts");
    });
  }

  table(key: string): Table | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isTable(value)) throw this.refuse(key, "a table");
    return new Table(value, this.from, this.below(key));
  }

  /** A list of tables; none where the key is not there. */
  tables(key: string): readonly Table[] {
    return (this.list(key) ?? []).map((value, index) => {
      if (!isTable(value)) throw this.refuse(key, "a list of tables");
      return new Table(value, this.from, this.below(`${key}[${index}]`));
    });
  }

  /** `deep("tool", "uv", "sources")`; `undefined` where one of them is not there. */
  deep(...keys: readonly string[]): Table | undefined {
    return keys.reduce<Table | undefined>((table, key) => table?.table(key), this);
  }

  /** A value that is missing, or is not what it should be. */
  refuse(key: string, expected: string): TouchdownError {
    if (this.raw(key) === undefined) return this.error(`${this.keyPlace(key)} is missing`);
    const text = JSON.stringify(this.raw(key));
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    return this.error(`${this.keyPlace(key)} is ${shown}, not ${expected}`);
  }

  /** For messages: `pylock.toml: six: wheels[0].hashes`. */
  keyPlace(key: string): string {
    return `${this.from.file}: ${this.below(key)}`;
  }

  private below(key: string): string {
    const quoted = /^[\w\-[\]]+$/.test(key) ? key : JSON.stringify(key);
    if (this.path === "") return quoted;
    return `${this.path}${this.path.endsWith(":") ? " " : "."}${quoted}`;
  }

  private error(message: string): TouchdownError {
    return new TouchdownError(this.from.code, message);
  }
}

/** @throws the code of `from` where the text is not TOML */
export function parseToml(text: string, from: TableFile): Table {
  try {
    return new Table(parse(text.replace(/^\uFEFF/, "")), from);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const reason = cause.message.split("\n", 1)[0]?.replace("Invalid TOML document: ", "");
    const message = `${from.file}:${cause.line}:${cause.column} is not TOML: ${reason}`;
    throw new TouchdownError(from.code, message, { cause });
  }
}

/** @throws the code of `from` where the text is not a JSON object */
export function parseJson(text: string, from: TableFile): Table {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TouchdownError(from.code, `${from.file} is not JSON: ${reason}`, { cause });
  }
  if (isTable(value)) return new Table(value, from);
  throw new TouchdownError(from.code, `${from.file} is not a JSON object`);
}
