/** A file on a target, as bytes that others ship. */
import { createHash } from "node:crypto";
import { TouchdownError } from "../errors.ts";
import type { Artifact } from "../core/artifact.ts";
import type { RangeRead, Target } from "./target.ts";

const chunkLength = 1024 * 1024;

interface Facts {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** `FileStat.version` of the file that was hashed. */
  readonly version: string;
}

/** Every read checks that it is still the file that was hashed. */
export function fileArtifact(target: Target, facts: Facts): Artifact {
  const { path, name, sha256, size, version } = facts;
  const read = async (offset: number, length: number): Promise<RangeRead> => {
    const wanted = Math.max(0, Math.min(length, size - offset));
    const range = await target.readRange(path, { offset, length: wanted });
    if (range === undefined) throw changed(path, "it is gone");
    if (range.stat.version !== version || range.bytes.length !== wanted)
      throw changed(path, "it was written again");
    return range;
  };
  async function* open(): AsyncIterable<Uint8Array> {
    const hash = createHash("sha256");
    for (let offset = 0; offset < size; offset += chunkLength) {
      const { bytes } = await read(offset, chunkLength);
      hash.update(bytes);
      yield bytes;
    }
    if (hash.digest("hex") !== sha256) throw changed(path, "its bytes differ");
  }
  return {
    name,
    sha256,
    size,
    open,
    read: async (from, length) => (await read(from, length)).bytes,
  };
}

export function changed(path: string, how: string): TouchdownError {
  return new TouchdownError("ARTIFACT_CHANGED", `${path} changed while it was used: ${how}`, {
    hint: "let nothing else write it meanwhile, and run the same command again",
  });
}
