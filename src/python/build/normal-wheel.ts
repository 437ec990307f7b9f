/** A wheel that was built here, made the same on every machine: its entries deflated anew, its RECORD written anew. */
import { createHash } from "node:crypto";
import { TouchdownError } from "../../errors.ts";
import { readCompressed, readEntry } from "../../zip/read-entry.ts";
import { readCentralDirectory, type ZipEntry } from "../../zip/read.ts";
import { writeZip, type CopiedEntry, type FreshEntry } from "../../zip/write.ts";
import { formatRecord, parseRecord, type RecordRow } from "../wheel/record-csv.ts";

/** What is in a wheel, RECORD apart. */
export type WheelFileEntry = { readonly path: string; readonly sha256: string };

export type NormalWheel = {
  readonly bytes: Uint8Array;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly entries: readonly WheelFileEntry[];
};

/**
 * Make the wheel that a backend made the same for everyone: modes 0644 or 0755, fixed date, sorted, deflated by our own
 * deflate, and with a RECORD of just what is in it. Signatures of the RECORD that was go with it.
 *
 * @throws BUILD_FAILED for what is no wheel, and what readCentralDirectory and readEntry throw
 * @source Binary distribution format, “The .dist-info directory” (packaging.python.org; PEP 427)
 */
export async function normalWheel(wheel: Uint8Array, name: string): Promise<NormalWheel> {
  const entries = (await readCentralDirectory(wheel)).filter(({ type }) => type !== "folder");
  const recordPath = recordOf(entries, name);
  const link = entries.find(({ type }) => type === "link");
  if (link !== undefined) throw notAWheel(name, `${link.path} is a symbolic link`);
  const kept = entries.filter(({ path }) => !isRecord(path, recordPath));
  const fresh: FreshEntry[] = [];
  const rows: RecordRow[] = [];
  const hashes: WheelFileEntry[] = [];
  for (const entry of kept) {
    const bytes = await readEntry(wheel, entry);
    fresh.push({ path: entry.path, mode: modeOf(entry), bytes });
    rows.push(recordRow(entry.path, bytes));
    hashes.push({ path: entry.path, sha256: sha256(bytes).toString("hex") });
  }
  return { ...(await written(fresh, rows, recordPath)), entries: hashes };
}

/**
 * The wheel that `normalWheel` would make, had some files had other bytes.
 *
 * @param wheel    what `normalWheel` made
 * @param changed  the new bytes by the entry's path; each is in the wheel already
 */
export async function replaceInWheel(
  wheel: Uint8Array,
  name: string,
  changed: ReadonlyMap<string, Uint8Array>,
): Promise<Omit<NormalWheel, "entries">> {
  const entries = await readCentralDirectory(wheel);
  const recordPath = recordOf(entries, name);
  const next: (FreshEntry | CopiedEntry)[] = [];
  let record = "";
  for (const entry of entries) {
    const { path, method, crc32, size, compressedSize } = entry;
    const mode = modeOf(entry);
    const bytes = changed.get(path);
    if (path === recordPath) record = Buffer.from(await readEntry(wheel, entry)).toString("utf8");
    else if (bytes !== undefined) next.push({ path, mode, bytes });
    else {
      const compressed = await readCompressed(wheel, entry);
      next.push({ path, mode, method, crc32, size, compressedSize, compressed });
    }
  }
  const rows = [...parseRecord(record).values()]
    .filter((row) => row.path !== recordPath)
    .map((row) => {
      const bytes = changed.get(row.path);
      return bytes === undefined ? row : recordRow(row.path, bytes);
    });
  return written(next, rows, recordPath);
}

async function written(
  entries: readonly (FreshEntry | CopiedEntry)[],
  rows: readonly RecordRow[],
  recordPath: string,
): Promise<Omit<NormalWheel, "entries">> {
  const record = { path: recordPath, bytes: Buffer.from(formatRecord(rows, recordPath)) };
  const { bytes, sha256: hash } = await writeZip([...entries, record]);
  return { bytes, sha256: hash };
}

function recordRow(path: string, bytes: Uint8Array): RecordRow {
  const hash = `sha256=${sha256(bytes).toString("base64url")}`;
  return { path, hash, size: String(bytes.length) };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function recordOf(entries: readonly ZipEntry[], name: string): string {
  const found = entries.find(({ path }) => /^[^/]+\.dist-info\/RECORD$/.test(path));
  if (found === undefined) throw notAWheel(name, "it has no RECORD");
  return found.path;
}

function isRecord(path: string, recordPath: string): boolean {
  return [recordPath, `${recordPath}.jws`, `${recordPath}.p7s`].includes(path);
}

function modeOf({ mode }: ZipEntry): 0o644 | 0o755 {
  return (mode & 0o111) === 0 ? 0o644 : 0o755;
}

function notAWheel(name: string, why: string): TouchdownError {
  return new TouchdownError("BUILD_FAILED", `the wheel ${name} that was built is none: ${why}`, {
    hint: "tell the authors of its build backend",
  });
}
