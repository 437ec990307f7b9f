import { createHash } from "node:crypto";
import type { Store } from "../../store/store.ts";
import type { BytecodePython } from "./bytecode-python.ts";

export interface BytecodeOptions {
  readonly store: Store;
  readonly python: BytecodePython;
  /** Where the zip is unpacked. */
  readonly root: "/opt/python" | "/var/task";
  readonly signal?: AbortSignal;
}

/**
 * Where Python looks for a source file's bytecode: `a/b.py` → `a/__pycache__/b.cpython-313.pyc`.
 *
 * @source PEP 3147
 */
export function bytecodePath(path: string, { version }: BytecodePython): string {
  const at = path.lastIndexOf("/") + 1;
  const [major = "", minor = ""] = version.split(".");
  const name = path.slice(at, -".py".length);
  return `${path.slice(0, at)}__pycache__/${name}.cpython-${major}${minor}.pyc`;
}

/** A key of the store, for what is compiled of some source. */
export function bytecodeKey(
  source: readonly string[],
  { python, root }: Pick<BytecodeOptions, "python" | "root">,
): string {
  return createHash("sha256")
    .update(JSON.stringify([...source, python.version, root]))
    .digest("hex");
}
