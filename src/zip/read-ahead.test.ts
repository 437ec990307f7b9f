import { expect, test } from "vitest";
import { readAhead } from "./read-ahead.ts";
import { bytesSource, type ZipSource } from "./source.ts";

const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);

function counted(): { source: ZipSource; reads: [number, number][] } {
  const reads: [number, number][] = [];
  const inner = bytesSource(bytes);
  const read = (offset: number, length: number): Promise<Uint8Array> => {
    reads.push([offset, length]);
    return inner.read(offset, length);
  };
  return { source: { size: inner.size, read }, reads };
}

test("short reads in a row are one long read", async () => {
  const { source, reads } = counted();
  const ahead = readAhead(source, 32);
  for (let at = 0; at < 100; at += 8) {
    expect([...(await ahead.read(at, 8))]).toEqual([...bytes.subarray(at, at + 8)]);
  }
  expect(reads.map(([offset]) => offset)).toEqual([0, 32, 64, 96]);
});

test("backwards, beyond the end and longer than a piece are as from the source", async () => {
  const { source } = counted();
  const ahead = readAhead(source, 16);
  for (const [offset, length] of [
    [50, 4],
    [10, 4],
    [98, 10],
    [200, 5],
    [3, 60],
    [0, 16],
  ] as const) {
    expect([...(await ahead.read(offset, length))]).toEqual([
      ...bytes.subarray(offset, offset + length),
    ]);
  }
});

test("what was handed out stays as it was", async () => {
  const ahead = readAhead(bytesSource(bytes), 16);
  const first = await ahead.read(0, 4);
  await ahead.read(80, 4);
  expect([...first]).toEqual([0, 1, 2, 3]);
});
