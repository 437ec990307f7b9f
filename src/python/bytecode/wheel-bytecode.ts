import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { inflateRawSync } from "node:zlib";
import { temporaryFolder } from "../../host/dirs.ts";
import { crc32 } from "../../zip/crc32.ts";
import { deflated } from "../../zip/deflate.ts";
import { bytecodeKey, bytecodePath, type BytecodeOptions } from "./bytecode-options.ts";
import { compareBytes } from "../byte-order.ts";
import { compilePython, type CompileGroup, type SourcePlace } from "./compile-python.ts";
import type { FromWheel, StagedWheel } from "../staged.ts";
import type { WheelEntry } from "../wheel/wheel-contents.ts";
import { decodeContents, encodeContents } from "../wheel/wheel-record.ts";

/** Raise both whenever other bytecode is made of the same wheel. */
const buckets = { files: "bytecode-v1", contents: "bytecode-contents-v1" } as const;

/** By path in the zip. */
export type Bytecode = ReadonlyMap<string, FromWheel>;

/**
 * The bytecode of wheels, by their sha256: compiled together where the store has it not, and kept there as a file that
 * entries are copied from, as from a wheel.
 *
 * @throws BYTECODE_FAILED, INTERRUPTED, STORE_WRITE, WHEEL_DAMAGED
 */
export async function wheelBytecode(
  wheels: readonly StagedWheel[],
  options: BytecodeOptions,
): Promise<ReadonlyMap<string, Bytecode>> {
  const keyed = wheels.map((wheel) => ({ wheel, key: bytecodeKey([wheel.sha256], options) }));
  const missing = keyed.filter(({ key }) => !running.has(key) && !remember(key, options));
  if (missing.length > 0) {
    const batch = compileWheels(missing, options);
    for (const { key } of missing) running.set(key, forgotten(key, batch));
  }
  const found = keyed.map(async ({ wheel, key }) => {
    const bytecode = await running.get(key);
    return [wheel.sha256, bytecode ?? new Map<string, FromWheel>()] as const;
  });
  return new Map(await Promise.all(found));
}

/** Of this process, by key: packages share their wheels. */
const running = new Map<string, Promise<Bytecode>>();

interface Keyed {
  readonly wheel: StagedWheel;
  readonly key: string;
}

/** What failed once is tried again when it is asked for again. */
async function forgotten(
  key: string,
  batch: Promise<ReadonlyMap<string, Bytecode>>,
): Promise<Bytecode> {
  try {
    return (await batch).get(key) ?? new Map<string, FromWheel>();
  } catch (error) {
    running.delete(key);
    throw error;
  }
}

/** Whether the store has it; then it is as if it were just made. */
function remember(key: string, { store }: BytecodeOptions): boolean {
  const record = store.readRecord(buckets.contents, key);
  if (!isKept(record)) return false;
  const contents = decodeContents(record.contents, record.sha256);
  const file = store.find(buckets.files, key);
  if (contents === undefined || file === undefined) return false;
  running.set(key, Promise.resolve(bytecodeOf(contents.entries, record.sha256, file)));
  return true;
}

interface Kept {
  /** Of the file. */
  readonly sha256: string;
  readonly contents: unknown;
}

function isKept(record: unknown): record is Kept {
  return typeof record === "object" && record !== null && "sha256" in record;
}

function bytecodeOf(entries: readonly WheelEntry[], sha256: string, file: string): Bytecode {
  return new Map(
    entries.map((entry) => [entry.path, { ...entry, from: "wheel", wheel: sha256, file }]),
  );
}

async function compileWheels(
  missing: readonly Keyed[],
  options: BytecodeOptions,
): Promise<ReadonlyMap<string, Bytecode>> {
  return temporaryFolder("touchdown-bytecode", async (folder) => {
    const groups = missing.map(({ wheel }, index): CompileGroup => ({
      out: join(folder, String(index)),
      wheel: wheel.file,
      files: wheel.entries.filter(({ path }) => path.endsWith(".py")).map(sourceOf),
    }));
    const sizes = await compilePython(options.python, options.root, groups, options);
    const made = new Map<string, Bytecode>();
    for (const [index, { wheel, key }] of missing.entries()) {
      const group = groups[index];
      if (group === undefined) continue;
      made.set(key, await keep({ wheel, key }, group, sizes[index] ?? [], options));
    }
    return made;
  });
}

function sourceOf(entry: WheelEntry): readonly [string, SourcePlace] {
  const { path, bytes, method, dataOffset, compressedSize } = entry;
  if (bytes === undefined) return [path, [dataOffset, compressedSize, method, entry.crc32]];
  const held = Buffer.from(bytes, "base64");
  return [path, (method === 0 ? held : inflateRawSync(held)).toString("base64")];
}

/** Deflate what was compiled, and put it into the store: the file first, so that a record never leads nowhere. */
async function keep(
  { wheel, key }: Keyed,
  group: CompileGroup,
  sizes: readonly number[],
  { store, python }: BytecodeOptions,
): Promise<Bytecode> {
  const paths = group.files.map(([path]) => bytecodePath(path, python));
  let written: Written = { entries: [], sha256: "" };
  const file = await store.place(buckets.files, key, async (temporary) => {
    written = await writeDeflated(group.out, temporary, { paths, sizes });
  });
  const { name, version } = wheel;
  const entries = written.entries.toSorted((a, b) => compareBytes(a.path, b.path));
  const sha256 = written.sha256;
  const facts = { sha256, name, version, requires: [], elf: [], pathFiles: [] };
  const record: Kept = { sha256, contents: encodeContents({ ...facts, entries }) };
  store.writeRecord(buckets.contents, key, record);
  return bytecodeOf(entries, sha256, file);
}

interface Written {
  readonly entries: readonly WheelEntry[];
  readonly sha256: string;
}

async function writeDeflated(
  from: string,
  to: string,
  { paths, sizes }: { readonly paths: readonly string[]; readonly sizes: readonly number[] },
): Promise<Written> {
  const source = await open(from, "r");
  const target = await open(to, "wx").catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  try {
    const entries: WheelEntry[] = [];
    const hash = createHash("sha256");
    let [read, dataOffset] = [0, 0];
    for (const [index, path] of paths.entries()) {
      const size = sizes[index] ?? -1;
      if (size < 0) continue;
      const { compressed, ...facts } = deflatedEntry(await readAt(source, read, size));
      await target.writeFile(compressed);
      hash.update(compressed);
      entries.push({ path, mode: 0o644, ...facts, dataOffset });
      read += size;
      dataOffset += compressed.length;
      // deflating is work of this thread: let downloads and signals have their turn
      await setImmediate();
    }
    return { entries, sha256: hash.digest("hex") };
  } finally {
    await source.close();
    await target.close();
  }
}

/** What is compiled, as an entry needs it. */
export function deflatedEntry(bytes: Uint8Array) {
  const { compressed, ...facts } = deflated(bytes);
  const sha256 = createHash("sha256").update(bytes).digest("base64url");
  return { ...facts, sha256, rawCrc32: crc32(compressed), compressed };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, position);
  return bytes;
}
