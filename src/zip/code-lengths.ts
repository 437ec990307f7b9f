import type { BitWriter } from "./bit-writer.ts";
import { Histogram } from "./histogram.ts";
import { PrefixCode } from "./huffman.ts";

/**
 * How a block tells its two codes: the lengths of their words, with runs said as such, themselves in a code.
 *
 * @returns `bits`: how many that takes
 * @source RFC 1951 §3.2.7
 */
export function describeCodes(
  literals: PrefixCode,
  distances: PrefixCode,
): { readonly bits: number; readonly write: (out: BitWriter) => void } {
  const literalCount = usedLength(literals, 257);
  const distanceCount = usedLength(distances, 1);
  const items = runsOf(literals, distances, { literalCount, distanceCount });
  histogram.clear();
  for (const item of items) histogram.add(item & 31);
  code.fit(histogram, 7);
  const { lengths, words } = code;
  let codeCount = order.length;
  while (codeCount > 4 && lengths[order[codeCount - 1] ?? 0] === 0) codeCount--;
  let bits = 5 + 5 + 4 + 3 * codeCount;
  for (const item of items) bits += (lengths[item & 31] ?? 0) + extraBits(item & 31);
  const write = (out: BitWriter): void => {
    out.write(literalCount - 257, 5);
    out.write(distanceCount - 1, 5);
    out.write(codeCount - 4, 4);
    for (let at = 0; at < codeCount; at++) out.write(lengths[order[at] ?? 0] ?? 0, 3);
    code.spell();
    for (const item of items) {
      const symbol = item & 31;
      out.write(words[symbol] ?? 0, lengths[symbol] ?? 0);
      out.write(item >>> 5, extraBits(symbol));
    }
  };
  return { bits, write };
}

/** RFC 1951 §3.2.7: in this order, so that the last are mostly 0 and can be left out. */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const histogram = new Histogram(order.length);
const code = new PrefixCode(order.length);

/** Symbols beyond the lengths: the one before again 3–6 times, 0 for 3–10 times, 0 for 11–138 times. */
const again = 16;
const fewZeros = 17;
const manyZeros = 18;

function extraBits(symbol: number): number {
  return symbol < again ? 0 : symbol === again ? 2 : symbol === fewZeros ? 3 : 7;
}

function usedLength({ symbols }: PrefixCode, atLeast: number): number {
  return Math.max(atLeast, (symbols.at(-1) ?? 0) + 1);
}

interface Counts {
  readonly literalCount: number;
  readonly distanceCount: number;
}

/** Of both codes' lengths, one after the other: where each is that is not 0, and which. */
const places = new Uint16Array(286 + 30);
const lengths = new Uint8Array(286 + 30);

/** Of the lengths of both codes, one after the other; each item is `extra << 5 | symbol`. */
function runsOf(
  literals: PrefixCode,
  distances: PrefixCode,
  { literalCount, distanceCount }: Counts,
): readonly number[] {
  const items: number[] = [];
  let count = 0;
  const put = ({ symbols, lengths: own }: PrefixCode, from: number): void => {
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] ?? 0;
      places[count] = from + symbol;
      lengths[count++] = own[symbol] ?? 0;
    }
  };
  put(literals, 0);
  put(distances, literalCount);
  let end = 0;
  for (let at = 0; at < count;) {
    const first = at;
    const begin = places[first] ?? 0;
    const length = lengths[first] ?? 0;
    while (at < count && lengths[at] === length && places[at] === begin + at - first) at++;
    addRun(items, 0, begin - end);
    addRun(items, length, at - first);
    end = begin + at - first;
  }
  addRun(items, 0, literalCount + distanceCount - end);
  return items;
}

/** The same length so many times. */
function addRun(items: number[], length: number, times: number): void {
  let run = times;
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
