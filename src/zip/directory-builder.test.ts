import fc from "fast-check";
import { expect, test } from "vitest";
import { DirectoryBuilder, longestLocalHeader } from "./directory-builder.ts";
import { encodePath } from "./entry-path.ts";
import { centralHeaderBytes, endBytes, localHeaderBytes } from "./write-headers.ts";

const around4GiB = fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 + 3 });
const number = fc.oneof(fc.nat(), fc.nat(1_000), around4GiB);
const entries = fc.array(
  fc.record({
    path: fc.oneof(fc.string({ minLength: 1 }), fc.constant("データ/naïve.txt"), fc.constant("a")),
    mode: fc.constantFrom(0o644 as const, 0o755 as const),
    method: fc.constantFrom(0 as const, 8 as const),
    crc32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    size: number,
    compressedSize: number,
    localHeaderOffset: number,
  }),
  { maxLength: 40 },
);

test("the headers of any entries, zip64 or not, are those that are written one by one", () => {
  fc.assert(
    fc.property(entries, fc.nat(1_000), (list, padding) => {
      const builder = new DirectoryBuilder();
      const want: Uint8Array[] = [];
      for (const entry of list) {
        const placed = { ...entry, name: encodePath(entry.path) };
        const block = Buffer.alloc(padding + longestLocalHeader(entry.path), 0xee);
        const length = builder.add(entry, block, padding);
        const local = block.subarray(padding, padding + length);
        expect(local.equals(localHeaderBytes(placed))).toBe(true);
        expect(block.subarray(padding + length).every((byte) => byte === 0xee)).toBe(true);
        want.push(centralHeaderBytes(placed));
      }
      const records = Buffer.concat(want);
      const { records: got, end } = builder.finish(7);
      expect(records.equals(got)).toBe(true);
      const directory = { entries: list.length, size: records.length, offset: 7 };
      expect(end).toEqual(endBytes(directory));
    }),
  );
});
