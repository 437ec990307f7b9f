import { compareBytes } from "../byte-order.ts";

/** One line of a wheel's RECORD. */
export interface RecordRow {
  readonly path: string;
  /** `sha256=…`, the digest in base64url without padding; empty for RECORD itself. */
  readonly hash: string;
  /** In bytes, as written; may be empty. */
  readonly size: string;
}

/**
 * Read a RECORD.
 *
 * @returns  the rows by path; a later line wins
 * @source Recording installed projects, "The RECORD file" (packaging.python.org; PEP 376): CSV as Python's
 *   `csv.reader` reads it
 */
export function parseRecord(text: string): ReadonlyMap<string, RecordRow> {
  const rows = new Map<string, RecordRow>();
  for (const [path = "", hash = "", size = ""] of csvRows(text)) {
    if (path !== "") rows.set(path, { path, hash, size });
  }
  return rows;
}

/** Write a RECORD: rows in byte order, RECORD's own, without a hash, last. */
export function formatRecord(rows: readonly RecordRow[], recordPath: string): string {
  const lines = rows
    .toSorted((a, b) => compareBytes(a.path, b.path))
    .map(({ path, hash, size }) => `${quoted(path)},${hash},${size}\n`);
  return `${lines.join("")}${quoted(recordPath)},,\n`;
}

function csvRows(text: string): string[][] {
  if (!text.includes('"')) return text.split(/\r?\n/u).map((line) => line.split(","));
  const rows: string[][] = [];
  // a field, quoted or not, and what ends it
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))[^,\r\n]*(,|\r?\n|$)/guy;
  let row: string[] = [];
  for (const [all, inQuotes, plain = "", end] of text.matchAll(field)) {
    row.push(inQuotes === undefined ? plain : inQuotes.replaceAll('""', '"'));
    if (end !== ",") {
      rows.push(row);
      row = [];
    }
    if (all === "") break;
  }
  return rows;
}

function quoted(field: string): string {
  return /[",\r\n]/u.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
