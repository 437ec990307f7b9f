import { open, readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { TouchdownError } from "../../errors.ts";
import { readEntry } from "../../zip/read-entry.ts";
import { readCentralDirectory } from "../../zip/read.ts";
import { fileSource } from "../../zip/source.ts";

/**
 * One of the files in the folder that an sdist holds, for example its `pyproject.toml`.
 *
 * @param path   the sdist, a .tar.gz or .zip whose hash was checked
 * @returns      `undefined` where it has no such file
 * @throws SDIST, and for a .zip what readCentralDirectory and readEntry throw
 * @source the source distribution format (packaging.python.org; PEP 517, PEP 625)
 */
export async function readSdistFile(path: string, file: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path);
  const isZip = bytes.toString("latin1", 0, 2) === "PK";
  return isZip ? fromZip(path, file) : fromTar(unzipped(bytes, path), file);
}

/** The files are in one folder: `six-1.16.0/pyproject.toml`. */
function isWanted(entryPath: string, file: string): boolean {
  const [, ...rest] = entryPath.replace(/^\.\//, "").split("/");
  return rest.join("/") === file;
}

async function fromZip(path: string, file: string): Promise<Uint8Array | undefined> {
  const handle = await open(path);
  try {
    const zip = await fileSource(handle);
    const entry = (await readCentralDirectory(zip)).find((one) => isWanted(one.path, file));
    return entry === undefined ? undefined : await readEntry(zip, entry);
  } finally {
    await handle.close();
  }
}

const blockSize = 512;

/** Long names are of no interest: ours are short. @source POSIX.1-1988 ustar */
function fromTar(tar: Buffer, file: string): Uint8Array | undefined {
  for (let at = 0; at + blockSize <= tar.length;) {
    const name = textAt(tar, at, 100); //           0  name
    if (name === "") return undefined;
    const size = octalAt(tar, at + 124, 12); //   124  size
    const type = textAt(tar, at + 156, 1); //     156  type: 0 or NUL is a file
    const prefix = textAt(tar, at + 345, 155); // 345  prefix of the name
    const start = at + blockSize;
    const entryPath = prefix === "" ? name : `${prefix}/${name}`;
    if ((type === "0" || type === "") && isWanted(entryPath, file))
      return tar.subarray(start, start + size);
    at = start + Math.ceil(size / blockSize) * blockSize;
  }
  return undefined;
}

function textAt(tar: Buffer, at: number, length: number): string {
  const text = tar.toString("utf8", at, at + length);
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

/** Octal digits, or for what needs more of them a binary number after a byte 0x80. */
function octalAt(tar: Buffer, at: number, length: number): number {
  if ((tar[at] ?? 0) >= 0x80) return Number(tar.readBigUInt64BE(at + length - 8));
  return Number.parseInt(textAt(tar, at, length).trim() || "0", 8) || 0;
}

function unzipped(bytes: Buffer, path: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: 1024 * 1024 * 1024 });
  } catch (cause) {
    throw new TouchdownError("SDIST", `${path} is no sdist that can be read`, {
      hint: "only .tar.gz and .zip are known",
      cause,
    });
  }
}
