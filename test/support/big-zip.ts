import { writeZip } from "../../src/zip/write.ts";

/** Just over 50 MB, stored. */
export async function bigZip(main = "f = 1"): Promise<Uint8Array> {
  const size = 50 * 1024 * 1024;
  const noise = { method: 0, crc32: 0, size, compressedSize: size } as const;
  const compressed = new Uint8Array(size);
  const zip = await writeZip([
    { path: "noise", ...noise, compressed },
    { path: "main.py", bytes: Buffer.from(main) },
  ]);
  return zip.bytes;
}
