import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { TouchdownError } from "../errors.ts";
import { systemReason } from "../host/system-error.ts";
import type { Compressed } from "../zip/compressed.ts";
import { deflated } from "../zip/deflate.ts";

/**
 * A file's bytes, compressed.
 *
 * @param file.sha256  what it must have been when its name was given to us, 64 hex digits
 * @throws ARTIFACT_CHANGED if it has other bytes now; FILE_READ
 */
export function compressFile(file: { readonly file: string; readonly sha256: string }): Compressed {
  const bytes = readFile(file.file);
  if (createHash("sha256").update(bytes).digest("hex") === file.sha256) return deflated(bytes);
  throw new TouchdownError("ARTIFACT_CHANGED", `${file.file} changed while it was being packed`, {
    hint: "build again",
  });
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new TouchdownError("FILE_READ", `cannot read ${path}: ${systemReason(cause)}`, { cause });
  }
}
