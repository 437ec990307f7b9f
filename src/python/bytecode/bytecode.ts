import { compareBytes } from "../byte-order.ts";
import { bytecodePath, type BytecodeOptions } from "./bytecode-options.ts";
import { ownBytecode } from "./own-bytecode.ts";
import type { StagedEntry, StagedWheel } from "../staged.ts";
import { wheelBytecode } from "./wheel-bytecode.ts";

/**
 * Add to what is staged the bytecode of every `.py` in it, as Python takes it without looking at the source again
 * (PEP 552, unchecked): `a/b.py` gets `a/__pycache__/b.cpython-313.pyc`. A wheel is compiled once for each exact
 * version of Python, and one's own files again when they change. Bytecode that came in a wheel is replaced.
 *
 * @param staged.entries  paths as below `root`
 * @param staged.wheels   what they were staged from
 * @returns               entries in byte order; `skipped`: the paths of what does not compile, as templates of other
 *                        Pythons do not: they are compiled when they are imported, as always
 * @throws ARTIFACT_CHANGED, BYTECODE_FAILED, FILE_READ, INTERRUPTED, STORE_WRITE, WHEEL_DAMAGED
 */
export async function addBytecode(
  staged: { readonly entries: readonly StagedEntry[]; readonly wheels: readonly StagedWheel[] },
  options: BytecodeOptions,
): Promise<{ readonly entries: readonly StagedEntry[]; readonly skipped: readonly string[] }> {
  const { entries, wheels } = staged;
  const sources = entries.filter(({ path }) => path.endsWith(".py"));
  const used = new Set(sources.map((entry) => (entry.from === "wheel" ? entry.wheel : "")));
  const ofWheels = await wheelBytecode(
    wheels.filter(({ sha256 }) => used.has(sha256)),
    options,
  );
  const own = sources.filter((entry) => entry.from !== "wheel");
  const ofOwn = await ownBytecode(own, options);
  const skipped: string[] = [];
  const compiled = sources.flatMap((entry) => {
    const from = entry.from === "wheel" ? ofWheels.get(entry.wheel) : ofOwn;
    const made = from?.get(bytecodePath(entry.path, options.python));
    if (made === undefined) skipped.push(entry.path);
    return made === undefined ? [] : [made];
  });
  const replaced = new Set(compiled.map(({ path }) => path));
  const kept = entries.filter(({ path }) => !replaced.has(path));
  const all = [...kept, ...compiled].toSorted((a, b) => compareBytes(a.path, b.path));
  return { entries: all, skipped };
}
