/** Which Python compiles bytecode here, remembered so that a build with nothing to do starts none. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { Store } from "../../store/store.ts";
import { findBytecodePython } from "./bytecode-python.ts";
import type { BytecodePython } from "./bytecode-python.ts";
import type { Target } from "../wheel/targets.ts";

const bucket = "interpreters-v1";

interface Known extends BytecodePython {
  /** Of the program: another one at its place is asked again. */
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * @param exact  the version to look for; another of the same minor version where this machine has not that one
 * @throws BYTECODE_PYTHON, INTERRUPTED
 */
export async function knownPython(
  target: Target,
  store: Store,
  exact?: string,
): Promise<BytecodePython> {
  const key = createHash("sha256")
    .update(JSON.stringify([target.runtime, process.env["PATH"] ?? "", exact]))
    .digest("hex");
  const known = store.readRecord(bucket, key) as Known | undefined;
  if (known !== undefined && isSame(known)) {
    const { program, version } = known;
    return { program, version };
  }
  const found = await findBytecodePython(target, exact === undefined ? {} : { exact });
  // the one that was looked for may be installed later
  if (exact !== undefined && found.version !== exact) return found;
  const stat = statSync(found.program, { throwIfNoEntry: false });
  if (stat !== undefined) {
    const { size, mtimeMs } = stat;
    store.writeRecord(bucket, key, { ...found, size, mtimeMs } satisfies Known);
  }
  return found;
}

function isSame({ program, size, mtimeMs }: Known): boolean {
  const stat = statSync(program, { throwIfNoEntry: false });
  return stat?.size === size && stat.mtimeMs === mtimeMs;
}
