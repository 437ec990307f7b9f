import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import {
  chmod,
  chown,
  lstat,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import { errorName, systemReason } from "./system-error.ts";
import { temporaryPath } from "./temporary-path.ts";

/**
 * Write a file whole or not at all: a temporary file beside it, then a rename. If it fails, what was there stays.
 * Of a symbolic link the file it leads to is written, and the link stays. Its folder must be there.
 *
 * @param options.mode  set exactly, whatever the umask; default: as the file had it, a new one's by the umask
 * @throws FILE_WRITE
 */
export async function writeAtomic(
  path: string,
  contents: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  try {
    const target = await followLinks(path);
    const before = await statIfExists(target);
    const temporary = temporaryPath(target);
    try {
      await writeSynced(temporary, contents);
      await keepOwner(temporary, before);
      const mode = options.mode ?? (before === undefined ? undefined : before.mode & 0o7777);
      if (mode !== undefined) await chmod(temporary, mode);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  } catch (cause) {
    throw new TouchdownError("FILE_WRITE", `cannot write ${path}: ${systemReason(cause)}`, {
      cause,
    });
  }
}

/** Whether a file of this name is what `writeAtomic` was killed at: whole ones have their own names. */
export function isHalfWritten(name: string): boolean {
  return /^\..*\.[0-9a-f]{12}\.tmp$/.test(name);
}

/**
 * A file's bytes; `undefined` if nothing is there.
 *
 * @throws FILE_READ
 */
export function readIfExists(path: string): Promise<Buffer | undefined> {
  return unlessAbsent(path, () => readFile(path));
}

/**
 * What is at a path, links followed; `undefined` if nothing is there.
 *
 * @throws FILE_READ
 */
export function statIfExists(path: string): Promise<Stats | undefined> {
  return unlessAbsent(path, () => stat(path));
}

/**
 * The sha256 of a file's bytes as 64 hex digits, however big it is; `undefined` if nothing is there.
 *
 * @throws FILE_READ
 */
export function sha256File(path: string): Promise<string | undefined> {
  return unlessAbsent(path, async () => {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  });
}

/**
 * Remove a file; a link is removed, not what it leads to. Says whether something was there.
 *
 * @throws FILE_WRITE
 */
export async function removeIfExists(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (cause) {
    if (isAbsent(cause)) return false;
    throw new TouchdownError("FILE_WRITE", `cannot remove ${path}: ${systemReason(cause)}`, {
      cause,
    });
  }
}

async function unlessAbsent<Result>(
  path: string,
  read: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await read();
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw new TouchdownError("FILE_READ", `cannot read ${path}: ${systemReason(cause)}`, { cause });
  }
}

/** ENOTDIR: a part of the path is a file, so nothing can be below it. */
function isAbsent(error: unknown): boolean {
  return errorName(error) === "ENOENT" || errorName(error) === "ENOTDIR";
}

/** Where writing to the path would write; the last file need not be there. */
async function followLinks(path: string): Promise<string> {
  let place = path;
  // as many as Linux follows; the 41st makes stat say ELOOP
  for (let hops = 0; hops < 40; hops++) {
    const folder = await realpath(dirname(resolve(place)));
    place = join(folder, basename(resolve(place)));
    const link = await readlink(place).catch(() => undefined);
    if (link === undefined) return place;
    place = resolve(folder, link);
  }
  await stat(path);
  return place;
}

async function writeSynced(path: string, contents: string | Uint8Array): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(contents);
    // without it a crash of the machine may leave the new name on an empty file
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Root, writing a user's file, must not take it from them. */
async function keepOwner(path: string, before: Stats | undefined): Promise<void> {
  if (before === undefined) return;
  const now = await lstat(path);
  if (now.uid === before.uid && now.gid === before.gid) return;
  await chown(path, before.uid, before.gid).catch(() => {});
}
