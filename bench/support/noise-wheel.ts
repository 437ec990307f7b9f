import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { zipPieces, type CopiedEntry } from "../../src/zip/write.ts";
import { crc32 } from "../../src/zip/crc32.ts";

/** A wheel of 240 MB that nothing makes shorter: 20 files of 10 MB, and 4,000 of 10 kB. */
export async function noiseWheel(path: string): Promise<string> {
  const file = await open(path, "w");
  for await (const { piece } of zipPieces([...entries(20, 10_000_000), ...entries(4_000, 10_000)]))
    await file.write(piece);
  await file.close();
  return path;
}

function entries(count: number, size: number): CopiedEntry[] {
  return Array.from({ length: count }, (_, number) => {
    const bytes = noise(`${size} ${number}`, size);
    const sizes = { size, compressedSize: size, method: 0, crc32: crc32(bytes) } as const;
    // made again when its turn comes, so that not all are in memory
    async function* compressed(): AsyncGenerator<Uint8Array> {
      yield noise(`${size} ${number}`, size);
    }
    return { path: `noise/${size}/${number}`, ...sizes, compressed };
  });
}

function noise(seed: string, size: number): Uint8Array {
  const shake = createHash("shake256", { outputLength: size });
  return shake.update(seed).digest();
}
