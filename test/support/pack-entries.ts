/** Entries for `pack` whose bytes lie in wheels, files and memory, as a test wants them. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import type { PackEntry } from "../../src/python/pack.ts";
import { crc32 } from "../../src/zip/crc32.ts";
import { deflate } from "../../src/zip/deflate.ts";
import type { CopiedEntry } from "../../src/zip/write.ts";

export const text = (words: string): Uint8Array => new TextEncoder().encode(words);
export const sha256 = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

export type Plain = {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly bytes: Uint8Array;
  /** In which wheel, or how else it is given. */
  readonly place: 0 | 1 | "bytes" | "file" | "generated";
  /** Bytes between it and what is before it in its wheel. */
  readonly gap: number;
};

const part = fc
  .stringMatching(/^[a-zé𝄞ﬀ. -]{1,6}$/u)
  .filter((name) => name !== "." && name !== "..");
const plain: fc.Arbitrary<Plain> = fc.record({
  path: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
  mode: fc.constantFrom(0o644, 0o755),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 5 }).map((s) => text(s.repeat(100))),
    fc.nat().map((seed) => noise(seed, 70_000 + (seed % 1_200_000))),
  ),
  place: fc.constantFrom<Plain["place"][]>(0, 0, 0, 1, 1, "bytes", "file", "generated"),
  gap: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(400)),
});
export const plainEntries = fc
  .uniqueArray(plain, { selector: (entry) => entry.path, maxLength: 12 })
  .filter((entries) => !entries.some((a) => entries.some((b) => b.path.startsWith(`${a.path}/`))));

export function noise(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** As our deflate leaves it, but what it would take long over is known to stay as it is. */
function compress(bytes: Uint8Array): ReturnType<typeof deflate> {
  return bytes.length < 10_000 ? deflate(bytes) : { method: 0, compressed: bytes };
}

/** Lay the entries' bytes out in wheels and files, in this order; `gap` 0 is as wide as a local header. */
export async function layOut(
  folder: string,
  entries: readonly Plain[],
): Promise<readonly PackEntry[]> {
  const wheels: [Buffer[], Buffer[]] = [[], []];
  const placed: PackEntry[] = [];
  for (const [index, { path, mode, bytes, place, gap }] of entries.entries()) {
    const { method, compressed } = compress(bytes);
    const size = bytes.length;
    const sizes = { method, crc32: crc32(bytes), size, compressedSize: compressed.length };
    const facts = { ...sizes, rawCrc32: crc32(compressed), dataOffset: 0 };
    const wheel = { path, mode, from: "wheel", ...facts } as const;
    if (place === "bytes" && bytes.length < 10_000)
      placed.push({ path, mode, from: "bytes", bytes });
    else if (place === "file" && bytes.length < 10_000) {
      const file = join(folder, `own-${index}`);
      await writeFile(file, bytes);
      placed.push({ path, mode, from: "file", file, size: bytes.length, sha256: sha256(bytes) });
    } else if (place === "generated") {
      const base64 = Buffer.from(index % 2 === 0 ? bytes : compressed).toString("base64");
      placed.push({ ...wheel, wheel: "2", file: "absent", bytes: base64 });
    } else {
      const header = gap === 0 ? 30 + Buffer.byteLength(path) : gap;
      const number = place === 1 ? 1 : 0;
      wheels[number].push(Buffer.alloc(header));
      const dataOffset = wheels[number].reduce((sum, { length }) => sum + length, 0);
      wheels[number].push(Buffer.from(compressed));
      const file = join(folder, `wheel-${number}`);
      placed.push({ ...wheel, dataOffset, wheel: String(number), file });
    }
  }
  for (const [place, pieces] of wheels.entries())
    await writeFile(join(folder, `wheel-${place}`), Buffer.concat(pieces));
  return placed;
}

export function copied({ path, mode, bytes }: Plain): CopiedEntry {
  const { method, compressed } = compress(bytes);
  const sizes = { size: bytes.length, compressedSize: compressed.length };
  return { path, mode, method, crc32: crc32(bytes), ...sizes, compressed };
}
