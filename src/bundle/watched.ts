/** What a command watches, and what that was when it last ran well. A lost memory costs one run. */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../errors.ts";
import { cacheFolder } from "../host/dirs.ts";
import { readIfExists, writeAtomic } from "../host/files.ts";
import { recordName } from "./record-name.ts";
import type { Target } from "./target.ts";

/**
 * One hash for the contents of files and folders, in the order given.
 *
 * @throws FILE_MISSING
 */
export async function watchedHash(target: Target, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    if ((await target.stat(path)) === undefined) {
      throw new TouchdownError("FILE_MISSING", `there is no ${path}, which a command watches`, {
        hint: "paths of watches start from the Touchdownfile's folder",
      });
    }
    await add(path, "");
  }
  return hash.digest("hex");

  async function add(root: string, below: string): Promise<void> {
    const path = below === "" ? root : `${root}/${below}`;
    const kind = (await target.stat(path))?.kind;
    const contents = kind === "file" ? await target.sha256(path) : undefined;
    hash.update(JSON.stringify([root, below, kind ?? "gone", contents ?? ""]));
    if (kind !== "folder" || (below !== "" && (await target.readLink(path)) !== undefined)) return;
    for (const name of await target.list(path))
      await add(root, below === "" ? name : `${below}/${name}`);
  }
}

export async function isRemembered(key: string, hash: string): Promise<boolean> {
  const path = memoryPath(await cacheFolder(), key);
  return (await readIfExists(path))?.toString("utf8") === hash;
}

export async function remember(key: string, hash: string): Promise<void> {
  const path = memoryPath(await cacheFolder(), key);
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  await writeAtomic(path, hash, { mode: 0o600 });
}

function memoryPath(folder: string, key: string): string {
  return join(folder, "watched-v1", recordName(key));
}
