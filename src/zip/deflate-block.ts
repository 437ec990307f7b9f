import type { BitWriter } from "./bit-writer.ts";
import { describeCodes } from "./code-lengths.ts";
import { Histogram } from "./histogram.ts";
import { PrefixCode } from "./huffman.ts";

/** How often each symbol occurs in the block that is being written. */
const literals = new Histogram(286);
const distances = new Histogram(30);
const codes = { literals: new PrefixCode(286), distances: new PrefixCode(30) };

/**
 * Write tokens (of `Lz77`) as one block of deflate, in whichever of its three ways is shortest. No bytes at all become
 * a stored block, which ends with a whole byte.
 *
 * @param bytes  what the tokens stand for
 * @source RFC 1951 §3.2.3–7
 */
export function writeBlock(
  out: BitWriter,
  tokens: Uint32Array,
  { bytes, last }: { readonly bytes: Uint8Array; readonly last: boolean },
): void {
  literals.clear();
  distances.clear();
  const extraBits = countSymbols(tokens);
  codes.literals.fit(literals, 15);
  codes.distances.fit(distances, 15);
  const header = describeCodes(codes.literals, codes.distances);
  const dynamic = header.bits + bitsIn(codes);
  const fixed = bitsIn(fixedCodes);
  // 7 bits, or fewer, fill the byte that it begins in
  const stored = bytes.length <= 0xffff ? 7 + 32 + 8 * bytes.length : Infinity;
  out.write(last ? 1 : 0, 1);
  if (bytes.length === 0 || stored <= extraBits + Math.min(dynamic, fixed)) {
    out.write(0, 2);
    out.align();
    out.write(bytes.length, 16);
    out.write(bytes.length ^ 0xffff, 16);
    for (const byte of bytes) out.write(byte, 8);
  } else if (fixed <= dynamic) {
    out.write(1, 2);
    writeTokens(out, tokens, fixedCodes);
  } else {
    out.write(2, 2);
    header.write(out);
    codes.literals.spell();
    codes.distances.spell();
    writeTokens(out, tokens, codes);
  }
}

interface Codes {
  readonly literals: PrefixCode;
  readonly distances: PrefixCode;
}

const endOfBlock = 256;

/** RFC 1951 §3.2.6 */
const fixedCodes: Codes = {
  literals: fixedCode(new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280)),
  distances: fixedCode(new Uint8Array(30).fill(5)),
};

function fixedCode(lengths: Uint8Array): PrefixCode {
  const code = new PrefixCode(lengths.length);
  code.symbols = Uint16Array.from(lengths.keys());
  code.lengths.set(lengths);
  code.spell();
  return code;
}

/** Of the block's symbols. */
function bitsIn(of: Codes): number {
  return literals.bitsIn(of.literals.lengths) + distances.bitsIn(of.distances.lengths);
}

/** Says how many bits follow the words of lengths and distances. */
function countSymbols(tokens: Uint32Array): number {
  let extraBits = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? 0;
    if (token < 256) {
      literals.add(token);
      continue;
    }
    const length = lengthSymbol(token >>> 16);
    const distance = distanceSymbol(token & 0xffff);
    literals.add(length);
    distances.add(distance);
    extraBits += lengthExtra(length) + distanceExtra(distance);
  }
  literals.add(endOfBlock);
  return extraBits;
}

function writeTokens(out: BitWriter, tokens: Uint32Array, of: Codes): void {
  const { words, lengths } = of.literals;
  const { words: distanceWords, lengths: distanceLengths } = of.distances;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? 0;
    if (token < 256) {
      out.write(words[token] ?? 0, lengths[token] ?? 0);
      continue;
    }
    const length = token >>> 16;
    const symbol = lengthSymbol(length);
    out.write(words[symbol] ?? 0, lengths[symbol] ?? 0);
    out.write(length - lengthBase(symbol), lengthExtra(symbol));
    const distance = token & 0xffff;
    const place = distanceSymbol(distance);
    out.write(distanceWords[place] ?? 0, distanceLengths[place] ?? 0);
    out.write(distance - distanceBase(place), distanceExtra(place));
  }
  out.write(words[endOfBlock] ?? 0, lengths[endOfBlock] ?? 0);
}

/**
 * RFC 1951 §3.2.5: beyond the first, four lengths' symbols have the same number of extra bits, and two distances'. So
 * with n the number less what the smallest is, its highest bits (three, or two) are the symbol, the others follow it.
 */
function lengthSymbol(length: number): number {
  if (length === 258) return 285;
  const n = length - 3;
  if (n < 8) return 257 + n;
  const extra = 29 - Math.clz32(n);
  return 257 + 4 * extra + (n >>> extra);
}

function lengthExtra(symbol: number): number {
  return symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2;
}

function lengthBase(symbol: number): number {
  if (symbol === 285) return 258;
  const n = symbol - 257;
  const extra = lengthExtra(symbol);
  return 3 + ((n - 4 * extra) << extra);
}

function distanceSymbol(distance: number): number {
  const n = distance - 1;
  if (n < 4) return n;
  const extra = 30 - Math.clz32(n);
  return 2 * extra + (n >>> extra);
}

function distanceExtra(symbol: number): number {
  return symbol < 4 ? 0 : (symbol >> 1) - 1;
}

function distanceBase(symbol: number): number {
  const extra = distanceExtra(symbol);
  return 1 + ((symbol - 2 * extra) << extra);
}
