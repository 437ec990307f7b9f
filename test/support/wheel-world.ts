import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { learnWheel, type WheelFile } from "../../src/python/wheel/learn-wheel.ts";
import type { WheelContents } from "../../src/python/wheel/wheel-contents.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { hexOf, makeWheel, type MadeWheel, type WheelOptions } from "./make-wheel.ts";

type Files = Parameters<typeof makeWheel>[0];

/** A folder with a store and wheels in it. */
export class WheelWorld {
  readonly folder: string;
  readonly store: Store;

  constructor(folder: string, store: Store) {
    this.folder = folder;
    this.store = store;
  }

  async put({ name, bytes }: Pick<MadeWheel, "name" | "bytes">): Promise<WheelFile> {
    const path = join(this.folder, name);
    await writeFile(path, bytes);
    return { name, path, sha256: hexOf(bytes) };
  }

  /** A wheel of a distribution `a` 1.0, and what is learned of it. */
  async learn(
    files: Files,
    options: Partial<WheelOptions> = {},
  ): Promise<{ readonly file: WheelFile; readonly contents: WheelContents }> {
    const file = await this.put(makeWheel(files, { name: "a", ...options }));
    return { file, contents: await learnWheel(file) };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

export async function wheelWorld(): Promise<WheelWorld> {
  const folder = await mkdtemp(join(tmpdir(), "touchdown-wheels-"));
  return new WheelWorld(folder, await openStore(join(folder, "store")));
}

/** The files as they are in the zip; throws if one is not what its entry says. */
export async function unpacked(
  file: WheelFile,
  contents: WheelContents,
): Promise<ReadonlyMap<string, string>> {
  const wheel = await readFile(file.path);
  return new Map(
    contents.entries.map(({ path, dataOffset, compressedSize, bytes, method, size, sha256 }) => {
      const held = bytes === undefined ? undefined : Buffer.from(bytes, "base64");
      const compressed = held ?? wheel.subarray(dataOffset, dataOffset + compressedSize);
      const found = method === 0 ? compressed : inflateRawSync(compressed);
      const digest = Buffer.from(hexOf(found), "hex").toString("base64url");
      if (found.length !== size || digest !== sha256) throw new Error(`${path} is another file`);
      return [path, found.toString()];
    }),
  );
}

export const pathsOf = ({ entries }: WheelContents): string[] => entries.map(({ path }) => path);
