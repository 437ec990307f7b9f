import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TouchdownError } from "../../errors.ts";
import { temporaryFolder } from "../../host/dirs.ts";
import { systemReason } from "../../host/system-error.ts";
import { bytecodeKey, bytecodePath, type BytecodeOptions } from "./bytecode-options.ts";
import { compilePython } from "./compile-python.ts";
import type { FromWheel, StagedEntry } from "../staged.ts";
import { deflatedEntry, type Bytecode } from "./wheel-bytecode.ts";
import { sha256Hex } from "../../host/sha256.ts";

/** Raise it whenever other bytecode is made of the same source. */
const bucket = "own-bytecode-v1";

/**
 * The bytecode of one's own files: each compiled again when it changed, all of them in one process.
 *
 * @throws ARTIFACT_CHANGED, BYTECODE_FAILED, FILE_READ, INTERRUPTED
 */
export async function ownBytecode(
  sources: readonly StagedEntry[],
  options: BytecodeOptions,
): Promise<Bytecode> {
  const { store } = options;
  const bytecode = new Map<string, FromWheel>();
  const missing: Keyed[] = [];
  for (const entry of sources) {
    const key = bytecodeKey([entry.path, hashOf(entry)], options);
    const record = store.readRecord(bucket, key);
    if (!isKept(record)) missing.push({ entry, key });
    else if (record.entry !== undefined) bytecode.set(record.entry.path, record.entry);
  }
  if (missing.length === 0) return bytecode;
  for (const { key, made } of await compile(missing, options)) {
    store.writeRecord(bucket, key, made === undefined ? {} : { entry: made });
    if (made !== undefined) bytecode.set(made.path, made);
  }
  return bytecode;
}

interface Keyed {
  readonly entry: StagedEntry;
  readonly key: string;
}

/** Without an entry: it does not compile. */
interface Kept {
  readonly entry?: FromWheel;
}

function isKept(record: unknown): record is Kept {
  return typeof record === "object" && record !== null;
}

async function compile(
  missing: readonly Keyed[],
  options: BytecodeOptions,
): Promise<readonly { readonly key: string; readonly made?: FromWheel }[]> {
  return temporaryFolder("touchdown-bytecode", async (folder) => {
    const out = join(folder, "own");
    const files = await Promise.all(
      missing.map(async ({ entry }) => {
        const text = Buffer.from(await bytesOf(entry)).toString("base64");
        return [entry.path, text] as const;
      }),
    );
    const [sizes = []] = await compilePython(
      options.python,
      options.root,
      [{ out, files }],
      options,
    );
    const bytes = await readFile(out);
    let read = 0;
    return missing.map(({ entry, key }, index) => {
      const size = sizes[index] ?? -1;
      if (size < 0) return { key };
      const code = bytes.subarray(read, read + size);
      read += size;
      const { compressed, ...facts } = deflatedEntry(code);
      const path = bytecodePath(entry.path, options.python);
      const place = { path, mode: 0o644, dataOffset: 0, wheel: key, file: "" } as const;
      const base64 = Buffer.from(compressed).toString("base64");
      return { key, made: { from: "wheel", ...place, ...facts, bytes: base64 } };
    });
  });
}

function hashOf(entry: StagedEntry): string {
  if (entry.from !== "bytes") return entry.sha256;
  return sha256Hex(entry.bytes);
}

/** What is compiled must be what was hashed: the bytecode is never checked against its source again. */
async function bytesOf(entry: StagedEntry): Promise<Uint8Array> {
  if (entry.from !== "file") return entry.from === "bytes" ? entry.bytes : new Uint8Array();
  const bytes = await readFile(entry.file).catch((cause: unknown) => {
    const message = `cannot read ${entry.file}: ${systemReason(cause)}`;
    throw new TouchdownError("FILE_READ", message, { cause });
  });
  if (sha256Hex(bytes) === entry.sha256) return bytes;
  const message = `${entry.file} changed while it was being compiled`;
  throw new TouchdownError("ARTIFACT_CHANGED", message, { hint: "build again" });
}
