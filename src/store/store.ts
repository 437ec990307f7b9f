import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { TouchdownError } from "../errors.ts";
import { cacheFolder } from "../host/dirs.ts";
import type { LockOptions } from "../host/lock-file.ts";
import { noteUse } from "../host/last-use.ts";
import { errorName } from "../host/system-error.ts";
import { temporaryPath } from "../host/temporary-path.ts";
import { isBucket, keyPlace, lockBucket } from "./layout.ts";
import { decodeRecord, encodeRecord } from "./record-format.ts";
import { cannotWrite, storeFailure } from "./store-failure.ts";

export type StoreOptions = {
  /** Told once, in a sentence, when something could not be remembered: the run goes on, the next is slower. */
  readonly onProblem?: (problem: string) => void;
};

/**
 * Open the store, by default the user's.
 *
 * @throws FOLDER_WRITE
 */
export async function openStore(folder?: string, options: StoreOptions = {}): Promise<Store> {
  return new Store(folder ?? (await cacheFolder()), options);
}

/**
 * What was made, under the hash of what it was made from. A cache: deleting any of it costs time, never correctness.
 *
 * Files are at `<bucket>/<2 hex digits>/<rest of the key>`. A bucket's name carries a version (`wheels-v1`): another
 * layout is another bucket, and two versions of touchdown share a store. A file is whole or absent: it is written
 * under a temporary name beside its place, so on the same file system, and renamed. Nothing is synced to the disk:
 * after a crash of the machine a file may be cut short, which records find by their checksum, and users of files by
 * the sums they keep (`discard` it, and make it again).
 */
export class Store {
  readonly folder: string;
  readonly #onProblem: (problem: string) => void;
  readonly #running = new Map<string, Promise<string>>();
  readonly #folders = new Map<string, string>();
  #complained = false;
  #locks: Promise<typeof import("../host/lock-file.ts")> | undefined;

  constructor(folder: string, options: StoreOptions = {}) {
    this.folder = folder;
    this.#onProblem = options.onProblem ?? (() => {});
  }

  /** Where the file under a key is, or would be. The key is two hex digits and more; lower case, as names must be. */
  path(bucket: string, key: string): string {
    return `${this.#folderOf(bucket)}${sep}${keyPlace(key)}`;
  }

  #folderOf(bucket: string): string {
    const known = this.#folders.get(bucket);
    if (known !== undefined) return known;
    if (!isBucket(bucket)) throw new Error(`not a bucket's name: ${bucket}`);
    const folder = join(this.folder, bucket);
    this.#folders.set(bucket, folder);
    return folder;
  }

  /**
   * The path of the file under a key, if it is there.
   *
   * @param size  in bytes: one of another size was cut short, and is as if it were not there
   */
  find(bucket: string, key: string, size?: number): string | undefined {
    const path = this.path(bucket, key);
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found?.isFile() || (size ?? found.size) !== found.size) return undefined;
      noteUse(path, found.mtimeMs);
      return path;
    } catch {
      return undefined;
    }
  }

  /** A record's value; `undefined` if it is not there, damaged, another's, or can't be read. */
  readRecord(bucket: string, key: string): unknown {
    const path = this.path(bucket, key);
    try {
      const record = decodeRecord(`${bucket}/${key}`, readFileSync(path));
      if (record !== undefined) noteUse(path, statSync(path).mtimeMs);
      return record?.value;
    } catch {
      return undefined;
    }
  }

  /** Keep a value, as JSON. Where the store can't be written the run goes on, and `onProblem` is told once. */
  writeRecord(bucket: string, key: string, value: unknown): void {
    const path = this.path(bucket, key);
    const bytes = encodeRecord(`${bucket}/${key}`, value);
    const temporary = temporaryPath(path);
    try {
      writeWithFolder(temporary, bytes);
      renameSync(temporary, path);
    } catch (cause) {
      removeQuietly(temporary);
      if (this.#complained) return;
      this.#complained = true;
      this.#onProblem(`${cannotWrite(this.folder, cause)}: the next run does this work again`);
    }
  }

  /**
   * Put a file under a key: `make` writes it at the path it is given, which is then renamed. If `make` fails, nothing
   * is kept and its error is thrown.
   *
   * @returns the file's path
   * @throws STORE_WRITE
   */
  async place(
    bucket: string,
    key: string,
    make: (temporaryPath: string) => Promise<void>,
  ): Promise<string> {
    const path = this.path(bucket, key);
    const temporary = temporaryPath(path);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await make(temporary);
      await rename(temporary, path);
      return path;
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw storeFailure(this.folder, cause);
    }
  }

  /**
   * As `place`, where nothing is under the key yet, and by one process at a time: the others wait, and find it made.
   * Where no lock can be had (a file system without links, a holder that never ends) the work is done without:
   * twice is slower, not wrong.
   *
   * @throws INTERRUPTED, STORE_WRITE
   */
  async once(
    bucket: string,
    key: string,
    options: LockOptions,
    make: (temporaryPath: string) => Promise<void>,
  ): Promise<string> {
    const name = `${bucket}/${key}`;
    const running = this.#running.get(name);
    if (running !== undefined) return running;
    const work = this.#findOrPlace(bucket, key, options, make);
    this.#running.set(name, work);
    try {
      return await work;
    } finally {
      this.#running.delete(name);
    }
  }

  /**
   * Remove what is under a key, because it turned out damaged. Says whether something was there.
   *
   * @throws STORE_WRITE
   */
  discard(bucket: string, key: string): boolean {
    const path = this.path(bucket, key);
    try {
      rmSync(path);
      return true;
    } catch (cause) {
      if (errorName(cause) === "ENOENT" || errorName(cause) === "ENOTDIR") return false;
      throw storeFailure(this.folder, cause);
    }
  }

  async #findOrPlace(
    bucket: string,
    key: string,
    options: LockOptions,
    make: (temporaryPath: string) => Promise<void>,
  ): Promise<string> {
    const found = this.find(bucket, key);
    if (found !== undefined) return found;
    // only a run that makes something needs it, and processes' tables with it
    const { withLock } = await (this.#locks ??= import("../host/lock-file.ts"));
    const lock = join(this.folder, lockBucket, `${bucket}-${key}`);
    let entered = false;
    const work = (): Promise<string> | string => {
      entered = true;
      return this.find(bucket, key) ?? this.place(bucket, key, make);
    };
    try {
      return await withLock(lock, options, work);
    } catch (error) {
      if (entered || !isLockFailure(error)) throw error;
      return work();
    }
  }
}

/** The folder is there but for the first time, and asking for it each time costs as much as writing. */
function writeWithFolder(path: string, bytes: string | Uint8Array): void {
  try {
    writeFileSync(path, bytes, { flag: "wx" });
  } catch (error) {
    if (errorName(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, bytes, { flag: "wx" });
  }
}

/** That no lock could be had: not an interruption, and not a bug. */
function isLockFailure(error: unknown): boolean {
  if (error instanceof TouchdownError) return error.code !== "INTERRUPTED";
  return errorName(error) !== undefined;
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // what could not be written can often not be removed either
  }
}
