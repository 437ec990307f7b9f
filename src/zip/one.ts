import { crc32 } from "./crc32.ts";
import { deflate } from "./deflate.ts";
import { encodePath } from "./entry-path.ts";
import { centralHeaderBytes, endBytes, localHeaderBytes } from "./write-headers.ts";

/** The zip that `writeZip` makes of a single file, at once. @throws ZIP_PATH */
export function zipOfOne(path: string, bytes: Uint8Array): Uint8Array {
  const { method, compressed } = deflate(bytes);
  const entry = {
    name: encodePath(path),
    mode: 0o644 as const,
    method,
    crc32: crc32(bytes),
    size: bytes.length,
    compressedSize: compressed.length,
    localHeaderOffset: 0,
  };
  const local = Buffer.concat([localHeaderBytes(entry), compressed]);
  const central = centralHeaderBytes(entry);
  const end = endBytes({ entries: 1, size: central.length, offset: local.length });
  return Buffer.concat([local, central, end]);
}
