import { createHash } from "node:crypto";
import { crc32 } from "../../zip/crc32.ts";
import { deflated } from "../../zip/deflate.ts";
import type { ZipEntry } from "../../zip/read.ts";
import { isUnlisted } from "./check-record.ts";
import type { ElfFacts } from "./elf.ts";
import { scriptText, type Script } from "./entry-points.ts";
import type { Inspected } from "./inspect-entries.ts";
import { formatRecord, type RecordRow } from "./record-csv.ts";
import { isInstallerNote, placeOf, withShebang } from "./wheel-layout.ts";
import type { WheelContents, WheelEntry } from "./wheel-record.ts";

interface Given {
  readonly distInfo: string;
  readonly rows: ReadonlyMap<string, RecordRow>;
  readonly scripts: readonly Script[];
  readonly read: (entry: ZipEntry) => Promise<Uint8Array>;
}

/**
 * Put a wheel's entries where they belong in a zip, with the scripts it asks for.
 *
 * RECORD must be true of what is in the zip: where nothing was moved, changed, added or left out it stays as it is, to
 * the byte; otherwise it is written anew, with paths as they are in the zip, and without the signatures of the old.
 */
export async function placeEntries(
  inspected: readonly Inspected[],
  given: Given,
): Promise<Pick<WheelContents, "elf" | "entries" | "pathFiles">> {
  const entries: WheelEntry[] = [];
  const elf: ElfFacts[] = [];
  const pathFiles: string[] = [];
  for (const each of inspected) {
    const path = each.entry.path;
    const place = placeOf(path, given.scripts);
    if (place === undefined || isInstallerNote(path, given.distInfo)) continue;
    entries.push(place.script ? await script(each, place.path, given) : entryOf(each, place.path));
    if (each.elf !== undefined) elf.push({ ...each.elf, path: place.path });
    if (isPathFile(place.path) && namesFolders(await given.read(each.entry))) {
      pathFiles.push(place.path);
    }
  }
  for (const each of given.scripts) {
    const bytes = Buffer.from(scriptText(each));
    entries.push(generatedEntry({ path: `bin/${each.name}`, mode: 0o755, bytes }));
  }
  return { entries: withRecord(entries, given), elf, pathFiles };
}

/** An entry whose bytes are made here: compressed once, by us, and kept with the record. */
function generatedEntry(file: {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly bytes: Uint8Array;
}): WheelEntry {
  const { path, mode, bytes } = file;
  const { compressed, ...facts } = deflated(bytes);
  return {
    path,
    mode,
    ...facts,
    sha256: createHash("sha256").update(bytes).digest("base64url"),
    dataOffset: 0,
    rawCrc32: crc32(compressed),
    bytes: Buffer.from(compressed).toString("base64"),
  };
}

/** Executable where the wheel says so: of pip's modes, the only thing that is the author's. */
function entryOf({ entry, dataOffset, rawCrc32, sha256 }: Inspected, path: string): WheelEntry {
  const { size, compressedSize, method } = entry;
  const mode = (entry.mode & 0o111) === 0 ? 0o644 : 0o755;
  return {
    path,
    mode,
    size,
    compressedSize,
    method,
    crc32: entry.crc32,
    sha256,
    dataOffset,
    rawCrc32,
  };
}

async function script(each: Inspected, path: string, { read }: Given): Promise<WheelEntry> {
  const changed = withShebang(await read(each.entry));
  if (changed !== undefined) return generatedEntry({ path, mode: 0o755, bytes: changed });
  // archives made on Windows know no executable bit
  return { ...entryOf(each, path), mode: 0o755 };
}

function withRecord(entries: readonly WheelEntry[], given: Given): readonly WheelEntry[] {
  const { distInfo, rows } = given;
  const listed = entries.filter(({ path }) => !isUnlisted(path, distInfo));
  const recordPath = `${distInfo}/RECORD`;
  const same = listed.every(({ path, bytes }) => bytes === undefined && rows.has(path));
  // one line more: its own, which may be missing too
  const more = rows.has(recordPath) ? 1 : 0;
  const signed = [...rows.keys()].filter(
    (path) => path !== recordPath && isUnlisted(path, distInfo),
  );
  if (same && rows.size === listed.length + more + signed.length) return entries;
  const made = listed.map(({ path, sha256, size }) => ({
    path,
    hash: `sha256=${sha256}`,
    size: String(size),
  }));
  const bytes = Buffer.from(formatRecord(made, recordPath));
  return [...listed, generatedEntry({ path: recordPath, mode: 0o644, bytes })];
}

/** Python reads these where packages are, and nowhere below. */
function isPathFile(path: string): boolean {
  return path.endsWith(".pth") && !path.includes("/");
}

/** A line that is neither code nor a comment is a folder to look for modules in. @source Python's `site` module */
function namesFolders(bytes: Uint8Array): boolean {
  const lines = Buffer.from(bytes).toString("utf8").split(/\r?\n/u);
  return lines.some((line) => line.trim() !== "" && !/^(?:#|import[ \t])/u.test(line));
}
