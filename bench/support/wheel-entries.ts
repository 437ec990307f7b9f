import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { PackEntry } from "../../src/python/pack.ts";
import { crc32 } from "../../src/zip/crc32.ts";
import { readCompressed } from "../../src/zip/read-entry.ts";
import { readCentralDirectory } from "../../src/zip/read.ts";
import { fileSource } from "../../src/zip/source.ts";

/** What `stage` would say of these wheels, all of whose files go where they are; the last wins where two are the same. */
export async function wheelEntries(wheels: readonly string[]): Promise<readonly PackEntry[]> {
  const all = new Map<string, PackEntry>();
  for (const wheel of wheels)
    for (const entry of await entriesOf(wheel)) all.set(entry.path, entry);
  return [...all.values()].toSorted((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  );
}

async function entriesOf(file: string): Promise<readonly PackEntry[]> {
  const handle = await open(file);
  const source = await fileSource(handle);
  const entries: PackEntry[] = [];
  for (const entry of await readCentralDirectory(source)) {
    if (entry.type !== "file") continue;
    const raw = await readCompressed(source, entry);
    // the name and the extra field stand between the header and the data, whose length is known from its end
    const lengths = Buffer.from(await source.read(entry.localHeaderOffset + 26, 4));
    const dataOffset =
      entry.localHeaderOffset + 30 + lengths.readUInt16LE(0) + lengths.readUInt16LE(2);
    const { path, method, crc32: checksum, size, compressedSize } = entry;
    const mode = (entry.mode & 0o111) === 0 ? 0o644 : 0o755;
    const sizes = { method, crc32: checksum, size, compressedSize };
    const wheel = createHash("sha256").update(file).digest("hex");
    const place = { file, wheel, dataOffset, rawCrc32: crc32(raw) };
    entries.push({ path, mode, from: "wheel", ...sizes, ...place });
  }
  await handle.close();
  return entries;
}
