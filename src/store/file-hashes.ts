import { createHash } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import { isLasting, nowInNs, stampOf } from "../host/file-stamp.ts";
import { errorName, systemReason } from "../host/system-error.ts";
import type { Store } from "./store.ts";
import { sha256Hex } from "../host/sha256.ts";

export type FileFacts = {
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
};

const bucket = "file-hashes-v1";

/**
 * The hashes of a folder's files, read once and remembered while a file's size, times and inode stay the same. The
 * table is in the store; `save` writes it when something was learned. What was changed just before it was read is
 * hashed, but not remembered.
 */
export class FileHashes {
  readonly folder: string;
  readonly #store: Store;
  readonly #key: string;
  readonly #known: Map<string, Entry>;
  readonly #seen = new Set<string>();
  #learned = false;

  constructor(store: Store, folder: string) {
    this.folder = folder;
    this.#store = store;
    this.#key = sha256Hex(folder);
    this.#known = parseTable(store.readRecord(bucket, this.#key));
  }

  /**
   * The facts of a file, links followed; `undefined` if nothing is there.
   *
   * @param path  relative to the folder, or absolute
   * @throws ARTIFACT_CHANGED  it goes on changing while it is read
   * @throws FILE_READ         it is no file, or can't be read
   */
  facts(path: string): FileFacts | undefined {
    const place = resolve(this.folder, path);
    const stats = statOf(place);
    if (stats === undefined) return this.#forget(path);
    const stamp = stampOf(stats);
    const known = this.#known.get(path);
    this.#seen.add(path);
    if (known?.stamp === stamp) return factsOf(known.sha256, stats);
    const entry = hashFile(place);
    if (entry.lasting) this.#known.set(path, { stamp: entry.stamp, sha256: entry.sha256 });
    else this.#known.delete(path);
    this.#learned ||= entry.lasting || known !== undefined;
    return factsOf(entry.sha256, entry.stats);
  }

  /** As `facts`, of a file that must be there: its sha256. @throws ARTIFACT_CHANGED, FILE_READ */
  hashOf(path: string): string {
    const facts = this.facts(path);
    if (facts !== undefined) return facts.sha256;
    throw new TouchdownError("FILE_READ", `cannot read ${path}: no such file or folder`);
  }

  /** Keep what was learned, for the next run. Entries that were not asked for stay while their file does. */
  save(): void {
    if (!this.#learned) return;
    for (const path of this.#known.keys()) {
      if (!this.#seen.has(path) && !isThere(resolve(this.folder, path))) this.#known.delete(path);
    }
    this.#store.writeRecord(bucket, this.#key, formatTable(this.#known));
    this.#learned = false;
  }

  #forget(path: string): undefined {
    if (this.#known.delete(path)) this.#learned = true;
  }
}

type Entry = { readonly stamp: string; readonly sha256: string };

/** One string, which JSON reads at the speed of a copy: path, stamp and sha256 in turn, each on a line. */
function formatTable(known: ReadonlyMap<string, Entry>): string {
  return [...known]
    .filter(([path]) => !path.includes("\n"))
    .map(([path, { stamp, sha256 }]) => `${path}\n${stamp}\n${sha256}\n`)
    .join("");
}

function parseTable(record: unknown): Map<string, Entry> {
  const known = new Map<string, Entry>();
  if (typeof record !== "string") return known;
  const lines = record.split("\n");
  for (let at = 0; at + 2 < lines.length; at += 3) {
    known.set(lines[at] ?? "", { stamp: lines[at + 1] ?? "", sha256: lines[at + 2] ?? "" });
  }
  return known;
}

function factsOf(sha256: string, stats: BigIntStats): FileFacts {
  return { sha256, size: Number(stats.size), mode: Number(stats.mode) & 0o7777 };
}

type Hashed = Entry & {
  readonly stats: BigIntStats;
  /** Whether any later change would show. */
  readonly lasting: boolean;
};

function hashFile(path: string): Hashed {
  for (let attempt = 0; attempt < 3; attempt++) {
    const nowNs = nowInNs();
    const { before, after, sha256 } = readHash(path);
    const stamp = stampOf(before);
    if (stamp !== stampOf(after)) continue;
    return { stamp, sha256, stats: before, lasting: isLasting(before, nowNs) };
  }
  throw new TouchdownError("ARTIFACT_CHANGED", `${path} goes on changing while it is read`);
}

function readHash(path: string) {
  try {
    const file = openSync(path, "r");
    try {
      const before = fstatSync(file, { bigint: true });
      const hash = createHash("sha256");
      const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(Number(before.size), 1024 * 1024)));
      for (let count = 1; count > 0;) {
        count = readSync(file, buffer);
        hash.update(buffer.subarray(0, count));
      }
      return { before, after: fstatSync(file, { bigint: true }), sha256: hash.digest("hex") };
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/** ENOTDIR: a part of the path is a file, so nothing can be below it. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (cause) {
    if (errorName(cause) === "ENOENT" || errorName(cause) === "ENOTDIR") return undefined;
    throw cannotRead(path, cause);
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function cannotRead(path: string, cause: unknown): TouchdownError {
  return new TouchdownError("FILE_READ", `cannot read ${path}: ${systemReason(cause)}`, { cause });
}
