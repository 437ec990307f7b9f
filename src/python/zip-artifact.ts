/** A zip in the store, as bytes that others ship. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Artifact, Notes } from "../core/artifact.ts";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "../host/system-error.ts";
import type { PackageRecord } from "./read-package.ts";

const chunkLength = 1024 * 1024;

interface Around {
  /** Puts a zip that was only recognised into the store. */
  readonly build: () => Promise<void>;
  readonly notes: Notes;
}

export function zipArtifact(record: PackageRecord, { build, notes }: Around): Artifact {
  const { name, path, sha256, size, unzippedSize, runtime, architecture, key, deployed } = record;
  let made: Promise<void> | undefined;
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (deployed !== undefined) await (made ??= build());
    const wanted = Math.max(0, Math.min(length, size - offset));
    const bytes = await readRange(path, offset, wanted);
    if (bytes.length !== wanted) throw damaged(path, "it is shorter than it was");
    return bytes;
  };
  async function* pieces(): AsyncIterable<Uint8Array> {
    const hash = createHash("sha256");
    for (let offset = 0; offset < size; offset += chunkLength) {
      const bytes = await read(offset, chunkLength);
      hash.update(bytes);
      yield bytes;
    }
    if (hash.digest("hex") !== sha256) throw damaged(path, "its bytes differ");
  }
  const builtFor = { runtime, architecture };
  const known = deployed === undefined ? {} : { deployed };
  return { name, sha256, size, unzippedSize, key, ...known, notes, builtFor, read, open: pieces };
}

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw damaged(path, systemReason(cause), cause);
  }
}

function damaged(path: string, how: string, cause?: unknown): TouchdownError {
  return new TouchdownError("ARTIFACT_CHANGED", `${path} is no longer what was built: ${how}`, {
    hint: "run touchdown cache verify, then the same command again: it builds it anew",
    cause,
  });
}
