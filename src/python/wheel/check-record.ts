import { TouchdownError } from "../../errors.ts";
import type { Inspected } from "./inspect-entries.ts";
import type { RecordRow } from "./record-csv.ts";

type Rows = ReadonlyMap<string, RecordRow>;

/**
 * The digest that RECORD gives for an entry, as `node:crypto` calls it.
 *
 * @throws WHEEL_RECORD for one that collisions are known of, or none at all
 * @source Binary distribution format, "The .dist-info directory": sha256 or better; md5 and sha1 are not permitted
 */
export function digestAlgorithm(rows: Rows, path: string): string {
  const hash = rows.get(path)?.hash ?? "";
  const algorithm = hash.slice(0, Math.max(0, hash.indexOf("=")));
  // not listed, or without a hash: `checkRecord` says so of those that must have one
  if (algorithm === "") return "sha256";
  if (algorithms.has(algorithm)) return algorithm;
  throw refusal(path, `has a digest by ${JSON.stringify(algorithm)} in its RECORD`);
}

/**
 * Refuse a wheel that has a file which its RECORD does not list, or lists otherwise. A line without a file does no
 * harm, and installers say nothing of it.
 *
 * @throws WHEEL_RECORD
 */
export function checkRecord(rows: Rows, inspected: readonly Inspected[], distInfo: string): void {
  for (const { entry, digest } of inspected) {
    const { path, size } = entry;
    if (isUnlisted(path, distInfo)) continue;
    const row = rows.get(path);
    if (row === undefined) throw refusal(path, "is not in its RECORD");
    const [, expected] = /^[^=]*=(.*)$/u.exec(row.hash) ?? [];
    if (expected === undefined) throw refusal(path, "has no digest in its RECORD");
    if (expected.replace(/=+$/u, "") !== digest) {
      throw refusal(path, "does not match its digest in RECORD");
    }
    if (row.size !== "" && Number(row.size) !== size) {
      throw refusal(path, `has ${size} bytes and, by its RECORD, ${row.size}`);
    }
  }
}

/** RECORD can't hold its own digest, nor those of its signatures. */
export function isUnlisted(path: string, distInfo: string): boolean {
  return ["RECORD", "RECORD.jws", "RECORD.p7s"].some((name) => path === `${distInfo}/${name}`);
}

const algorithms: ReadonlySet<string> = new Set(["sha256", "sha384", "sha512"]);

function refusal(path: string, problem: string): TouchdownError {
  return new TouchdownError("WHEEL_RECORD", `${JSON.stringify(path)} ${problem}`);
}
