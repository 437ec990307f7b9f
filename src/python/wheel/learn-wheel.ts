import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { TouchdownError } from "../../errors.ts";
import { errorName, systemReason } from "../../host/system-error.ts";
import { checkPathsDiffer } from "../../zip/entry-path.ts";
import { readAhead } from "../../zip/read-ahead.ts";
import { readEntry } from "../../zip/read-entry.ts";
import { readCentralDirectory, type ZipEntry } from "../../zip/read.ts";
import { asBuffer, fileSource, type ZipSource } from "../../zip/source.ts";
import { compareBytes } from "../byte-order.ts";
import { checkRecord, digestAlgorithm } from "./check-record.ts";
import { readScripts } from "./entry-points.ts";
import { inspectEntries } from "./inspect-entries.ts";
import { placeEntries } from "./place-entries.ts";
import { WheelDamaged } from "../pack.ts";
import { parseRecord } from "./record-csv.ts";
import { checkWheelVersion, findDistInfo, readMetadata } from "./wheel-metadata.ts";
import { parseWheelName } from "./wheel-name.ts";
import type { WheelContents } from "./wheel-record.ts";

/** A wheel in the store, or anywhere. */
export interface WheelFile {
  /** `six-1.16.0-py2.py3-none-any.whl`: for messages, and for the distribution it must be of. */
  readonly name: string;
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

/**
 * Read a wheel whole, once: refuse it if it is not just what its hash, its archive and its RECORD say, and list what
 * it gives to a zip.
 *
 * @throws FILE_READ, WHEEL_DAMAGED, WHEEL_FORMAT, WHEEL_NAME, WHEEL_RECORD, and what `src/zip` refuses; all of them
 *   name the wheel
 * @source Binary distribution format (packaging.python.org; PEP 427)
 */
export async function learnWheel(file: WheelFile): Promise<WheelContents> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file.path);
    await checkHash(handle, file);
    return await learn(readAhead(await fileSource(handle)), file);
  } catch (error) {
    throw namingWheel(file, error);
  } finally {
    await handle?.close();
  }
}

async function learn(source: ZipSource, file: WheelFile): Promise<WheelContents> {
  const { name } = parseWheelName(file.name);
  const all = await readCentralDirectory(source);
  const entries = all.filter(({ type }) => type !== "folder");
  refuseLinks(entries);
  const distInfo = findDistInfo(entries.map(({ path }) => path));
  const text = textReader(source, entries, distInfo);
  checkWheelVersion(await text("WHEEL"));
  const metadata = readMetadata(await text("METADATA"), { name });
  const scripts = readScripts(await text("entry_points.txt", ""));
  const rows = parseRecord(await text("RECORD"));
  const inspected = await inspectEntries(source, entries, ({ path }) =>
    digestAlgorithm(rows, path),
  );
  checkRecord(rows, inspected, distInfo);
  const read = (entry: ZipEntry): Promise<Uint8Array> => readEntry(source, entry);
  const placed = await placeEntries(inspected, { distInfo, rows, scripts, read });
  checkPathsDiffer(placed.entries.map(({ path }) => path));
  return {
    sha256: file.sha256,
    ...metadata,
    ...placed,
    entries: placed.entries.toSorted((a, b) => compareBytes(a.path, b.path)),
  };
}

/** Of the whole file: what a bit flipped since it was fetched would change is not all under some checksum of the zip. */
async function checkHash(handle: FileHandle, file: WheelFile): Promise<void> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  if (hash.digest("hex") === file.sha256) return;
  const damaged = { wheel: file.sha256, file: file.path };
  throw new WheelDamaged(damaged, `it no longer has the sha256 ${file.sha256}`);
}

function refuseLinks(entries: readonly ZipEntry[]): void {
  const link = entries.find(({ type }) => type === "link");
  if (link === undefined) return;
  throw new TouchdownError("WHEEL_FORMAT", `${JSON.stringify(link.path)} is a symbolic link`);
}

/** Reads the files of the dist-info folder, all of them UTF-8. */
function textReader(source: ZipSource, entries: readonly ZipEntry[], distInfo: string) {
  return async (name: string, otherwise?: string): Promise<string> => {
    const path = `${distInfo}/${name}`;
    const entry = entries.find((each) => each.path === path);
    if (entry !== undefined) return asBuffer(await readEntry(source, entry)).toString("utf8");
    if (otherwise !== undefined) return otherwise;
    throw new TouchdownError("WHEEL_FORMAT", `it has no ${path}`);
  };
}

function namingWheel({ name, path }: WheelFile, error: unknown): unknown {
  if (error instanceof WheelDamaged)
    return new WheelDamaged(error, `wheel ${name}: ${error.message}`, { cause: error.cause });
  if (error instanceof TouchdownError) {
    const { code, message, cause } = error;
    const hint = error.hint ?? "take another version of it, or tell those who made it";
    return new TouchdownError(code, `wheel ${name}: ${message}`, { hint, cause });
  }
  if (errorName(error) === undefined) return error;
  const message = `wheel ${name}: cannot read ${path}: ${systemReason(error)}`;
  return new TouchdownError("FILE_READ", message, { cause: error });
}
