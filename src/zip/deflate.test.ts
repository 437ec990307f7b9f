import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32 } from "./crc32.ts";
import { deflate, deflatePiece } from "./deflate.ts";
import { Histogram } from "./histogram.ts";
import { PrefixCode } from "./huffman.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Numbers that look random, the same in every run. */
function* noise(seed: number): Generator<number, never> {
  for (let state = seed | 1; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 24;
  }
}

function noiseBytes(seed: number, length: number): Uint8Array {
  const numbers = noise(seed);
  return Uint8Array.from({ length }, () => numbers.next().value);
}

const same = (bytes: Uint8Array, deflated: Uint8Array): boolean =>
  inflateRawSync(deflated).equals(bytes);

test("what is deflated inflates to the same bytes", () => {
  const word = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.nat().map((seed) => noiseBytes(seed, seed % 400)),
    fc.tuple(fc.nat(255), fc.nat(1_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
  );
  const repeating = fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 300 }))
    .map(([words, order]) => Buffer.concat(order.map((n) => words[n % words.length]!)));
  fc.assert(
    fc.property(repeating, (bytes) => {
      const { method, compressed } = deflate(bytes);
      const back = method === 8 ? inflateRawSync(compressed) : Buffer.from(compressed);
      expect(back.equals(bytes)).toBe(true);
      expect(same(bytes, deflatePiece(bytes, { last: true }))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["nothing", new Uint8Array()],
  ["one byte", text("a")],
  ["two bytes", text("aa")],
  ["the longest match, and one more", new Uint8Array(1 + 258 + 1)],
  ["one byte, many times", new Uint8Array(300_000).fill(7)],
  ["noise", noiseBytes(1, 200_000)],
  ["noise twice, as far apart as a distance reaches", twice(32_767)],
  ["noise twice, one byte too far apart", twice(32_768)],
  ["noise twice, very far apart", twice(40_000)],
  ["every byte", Uint8Array.from({ length: 256 }, (_, byte) => byte)],
  ["Fibonacci's frequencies, whose words would be too long", fibonacci()],
])("the edge: %s", (_, bytes) => {
  expect(same(bytes, deflatePiece(bytes, { last: true }))).toBe(true);
});

function twice(apart: number): Uint8Array {
  const bytes = noiseBytes(apart, apart + 300);
  bytes.copyWithin(apart, 0, 300);
  return bytes;
}

function fibonacci(): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let symbol = 0, a = 1, b = 1; symbol < 19; symbol++, [a, b] = [b, a + b])
    pieces.push(new Uint8Array(a).fill(symbol));
  const sorted = Buffer.concat(pieces);
  // each byte beside another than itself, or runs would become copies
  return sorted.map((_, at) => sorted[(at * 7919) % sorted.length] ?? 0);
}

test("pieces one after the other are the deflated whole", () => {
  const pieces = [text("a".repeat(100)), noiseBytes(2, 1_000), text(""), text("end")];
  const deflated = pieces.map((piece, at) =>
    deflatePiece(piece, { last: at === pieces.length - 1 }),
  );
  expect(same(Buffer.concat(pieces), Buffer.concat(deflated))).toBe(true);
});

test("more than one piece is deflated as pieces", () => {
  const bytes = Buffer.alloc(8 * 1024 * 1024 + 3, "def handler(event, context): return event\n");
  const { method, compressed } = deflate(bytes);
  expect(method).toBe(8);
  expect(same(bytes, compressed)).toBe(true);
  const halves = [bytes.subarray(0, 8 * 1024 * 1024), bytes.subarray(8 * 1024 * 1024)];
  const pieces = halves.map((half, at) => deflatePiece(half, { last: at === 1 }));
  expect(Buffer.concat(pieces).equals(compressed)).toBe(true);
});

test("what does not become shorter is stored", () => {
  expect(deflate(text("ab"))).toEqual({ method: 0, compressed: text("ab") });
  expect(deflate(noiseBytes(3, 5_000)).method).toBe(0);
  expect(deflatePiece(noiseBytes(3, 5_000), { last: true }).length).toBe(5_005);
});

test("deflate gives the same bytes on every machine and in every version", () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, line) => `${line * line} ${(line * 7919) % 1000}\n`,
  ).join("");
  const { method, compressed } = deflate(text(lines));
  expect({ method, length: compressed.length, crc32: crc32(compressed) }).toMatchInlineSnapshot(`
    {
      "crc32": 1426644875,
      "length": 97450,
      "method": 8,
    }
  `);
  expect(same(text(lines), compressed)).toBe(true);
});

test("a code's words are complete, in the order of their lengths, and none is too long", () => {
  const frequencies = fc
    .array(fc.oneof(fc.constant(0), fc.nat(5), fc.nat(20_000)), { minLength: 1, maxLength: 286 })
    .map((list) => Uint32Array.from(list));
  // the same ones all the time, as deflate uses them
  const histogram = new Histogram(286);
  const code = new PrefixCode(286);
  fc.assert(
    fc.property(frequencies, fc.constantFrom(9, 15), (counts, longest) => {
      histogram.clear();
      for (const [symbol, count] of counts.entries())
        for (let left = count; left > 0; left--) histogram.add(symbol);
      code.fit(histogram, longest);
      code.spell();
      const { lengths } = code;
      const used = counts.filter((count) => count > 0).length;
      expect(lengths.filter((length) => length > 0)).toHaveLength(used);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
      const places = lengths.reduce((sum, length) => sum + (length > 0 ? 2 ** -length : 0), 0);
      expect(places).toBe(used > 1 ? 1 : used / 2);
      const words = [...code.words].map((word, symbol) => `${lengths[symbol]} ${word}`);
      expect(new Set(words.filter((word) => !word.startsWith("0 "))).size).toBe(used);
    }),
  );
});
