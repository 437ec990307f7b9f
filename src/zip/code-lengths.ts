import type { BitWriter } from "./bit-writer.ts";
import { codeLengths, codeWords } from "./huffman.ts";

/**
 * How a block tells its two codes: the lengths of their words, with runs said as such, themselves in a code.
 *
 * @returns `bits`: how many that takes
 * @source RFC 1951 §3.2.7
 */
export function describeCodes(
  literals: Uint8Array,
  distances: Uint8Array,
): { readonly bits: number; readonly write: (out: BitWriter) => void } {
  const literalCount = usedLength(literals, 257);
  const distanceCount = usedLength(distances, 1);
  const lengths = new Uint8Array(literalCount + distanceCount);
  lengths.set(literals.subarray(0, literalCount));
  lengths.set(distances.subarray(0, distanceCount), literalCount);
  const items = runsOf(lengths);
  const frequencies = new Uint32Array(19);
  for (const item of items) frequencies[item & 31] = (frequencies[item & 31] ?? 0) + 1;
  const code = codeLengths(frequencies, 7);
  let codeCount = order.length;
  while (codeCount > 4 && code[order[codeCount - 1] ?? 0] === 0) codeCount--;
  let bits = 5 + 5 + 4 + 3 * codeCount;
  for (const item of items) bits += (code[item & 31] ?? 0) + extraBits(item & 31);
  const write = (out: BitWriter): void => {
    out.write(literalCount - 257, 5);
    out.write(distanceCount - 1, 5);
    out.write(codeCount - 4, 4);
    for (const symbol of order.slice(0, codeCount)) out.write(code[symbol] ?? 0, 3);
    const words = codeWords(code);
    for (const item of items) {
      const symbol = item & 31;
      out.write(words[symbol] ?? 0, code[symbol] ?? 0);
      out.write(item >>> 5, extraBits(symbol));
    }
  };
  return { bits, write };
}

/** RFC 1951 §3.2.7: in this order, so that the last are mostly 0 and can be left out. */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Symbols beyond the lengths: the one before again 3–6 times, 0 for 3–10 times, 0 for 11–138 times. */
const again = 16;
const fewZeros = 17;
const manyZeros = 18;

function extraBits(symbol: number): number {
  return symbol < again ? 0 : symbol === again ? 2 : symbol === fewZeros ? 3 : 7;
}

function usedLength(lengths: Uint8Array, atLeast: number): number {
  let used = lengths.length;
  while (used > atLeast && lengths[used - 1] === 0) used--;
  return used;
}

/** Each item is `extra << 5 | symbol`. */
function runsOf(lengths: Uint8Array): number[] {
  const items: number[] = [];
  for (let at = 0; at < lengths.length;) {
    const length = lengths[at] ?? 0;
    let run = 1;
    while (at + run < lengths.length && lengths[at + run] === length) run++;
    at += run;
    if (length !== 0) {
      items.push(length);
      run--;
    }
    while (run >= 3) {
      const most = length === 0 ? 138 : 6;
      const taken = Math.min(run, most);
      if (length !== 0) items.push(((taken - 3) << 5) | again);
      else if (taken <= 10) items.push(((taken - 3) << 5) | fewZeros);
      else items.push(((taken - 11) << 5) | manyZeros);
      run -= taken;
    }
    for (; run > 0; run--) items.push(length);
  }
  return items;
}
