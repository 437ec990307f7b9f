/** This machine as a target. */
import {
  chmod,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  stat as statPath,
  symlink,
} from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { resolve } from "node:path";
import { TouchdownError } from "../errors.ts";
import type { Runtime } from "../core/runtime.ts";
import { readIfExists, sha256File, writeAtomic } from "../host/files.ts";
import { errorName, systemReason } from "../host/system-error.ts";
import { temporaryPath } from "../host/temporary-path.ts";
import { runLocally, wasCutShort } from "./local-command.ts";
import type { FileStat, RangeRead, Target, TargetHandle } from "./target.ts";

/** What `workspace.addLocal()` returns: bundles for it run on this machine. */
export class LocalTarget implements TargetHandle {
  readonly label = "";

  open(runtime: Runtime): Promise<Target> {
    return Promise.resolve(openLocalTarget(runtime));
  }
}

export function openLocalTarget(runtime: Runtime): Target {
  return {
    label: "",
    resolve: (name) => resolve(runtime.folder, name),
    run: (command, options) => runLocally(command, options, runtime),
    wasCutShort,
    stat: (path) => reading(path, async () => fileStat(await statPath(path, { bigint: true }))),
    readLink,
    read: readIfExists,
    readRange: (path, range) => reading(path, () => readRange(path, range)),
    sha256: sha256File,
    list: async (path) => (await reading(path, () => readdir(path)))?.toSorted() ?? [],
    write: (path, contents, { mode }) =>
      writeAtomic(path, contents, mode === undefined ? {} : { mode }),
    makeFolder: (path, { mode }) =>
      writing(`make the folder ${path}`, async () => {
        await mkdir(path, { recursive: true });
        await chmod(path, mode); // mkdir's own mode is cut by the umask
      }),
    setMode: (path, mode) => writing(`set the mode of ${path}`, () => chmod(path, mode)),
    makeLink: (path, to) => writing(`make the link ${path}`, () => makeLink(path, to)),
  };
}

function fileStat(stat: BigIntStats): FileStat {
  return {
    kind: stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "other",
    size: Number(stat.size),
    mode: Number(stat.mode & 0o7777n),
    version: `${stat.dev}.${stat.ino}.${stat.size}.${stat.mtimeNs}`,
  };
}

async function readRange(
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<RangeRead> {
  const handle = await open(path);
  try {
    const bytes = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const stat = fileStat(await handle.stat({ bigint: true }));
    return { bytes: bytes.subarray(0, filled), stat };
  } finally {
    await handle.close();
  }
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (cause) {
    const name = errorName(cause);
    if (name === "EINVAL" || name === "ENOENT" || name === "ENOTDIR") return undefined;
    throw new TouchdownError("FILE_READ", `cannot read ${path}: ${systemReason(cause)}`, { cause });
  }
}

/** A link can't be changed: a new one takes the old one's name. */
async function makeLink(path: string, to: string): Promise<void> {
  // with no link there, symlink(2) refuses whatever else has come to be there
  if ((await readLink(path)) === undefined) return symlink(to, path);
  const temporary = temporaryPath(path);
  await symlink(to, temporary);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (cause) {
    const name = errorName(cause);
    if (name === "ENOENT" || name === "ENOTDIR") return undefined;
    throw new TouchdownError("FILE_READ", `cannot read ${path}: ${systemReason(cause)}`, { cause });
  }
}

async function writing(what: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    throw new TouchdownError("FILE_WRITE", `cannot ${what}: ${systemReason(cause)}`, { cause });
  }
}
