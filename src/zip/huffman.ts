import type { Histogram } from "./histogram.ts";

/**
 * A prefix code. Its tables are made once, and filled again and again: most files are small, and to make them anew for
 * each takes longer than to deflate it.
 */
export class PrefixCode {
  /** Those that have a word, in order: of what it was fitted to, until that is added to. */
  symbols: Uint16Array = new Uint16Array();
  /** By symbol: how many bits its word has; 0: it has none. */
  readonly lengths: Uint8Array;
  /** By symbol, as `spell` has left them: the bits in the order in which deflate sends them. */
  readonly words: Uint16Array;

  /** @param size  how many symbols there are */
  constructor(size: number) {
    this.lengths = new Uint8Array(size);
    this.words = new Uint16Array(size);
  }

  /**
   * Become the code of symbols that occur so often, with words of at most `longest` bits: as short in sum as that
   * allows, or nearly so where the limit counts. The same on every machine: only integers, and ties go by symbol.
   */
  fit(histogram: Histogram, longest: number): void {
    const { lengths } = this;
    lengths.fill(0);
    this.symbols = histogram.symbols();
    if (this.symbols.length < 2) {
      // RFC 1951 §3.2.7: one symbol still takes a bit
      for (const only of this.symbols) lengths[only] = 1;
      return;
    }
    const sorted = byFrequency(this.symbols, histogram.counts);
    countWords(sorted, histogram.counts);
    limitWords(longest);
    let next = 0;
    for (let length = longest; length > 0; length--) {
      for (let left = wordCounts[length] ?? 0; left > 0; left--)
        lengths[sorted[next++] ?? 0] = length;
    }
  }

  /**
   * Make the words.
   *
   * @source RFC 1951 §3.2.2
   */
  spell(): void {
    const { symbols, lengths, words } = this;
    nextWords.fill(0);
    for (let at = 0; at < symbols.length; at++) {
      const length = lengths[symbols[at] ?? 0] ?? 0;
      nextWords[length + 1] = (nextWords[length + 1] ?? 0) + 1;
    }
    for (let length = 1; length < nextWords.length; length++)
      nextWords[length] = ((nextWords[length] ?? 0) + (nextWords[length - 1] ?? 0)) << 1;
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] ?? 0;
      const length = lengths[symbol] ?? 0;
      const word = nextWords[length] ?? 0;
      nextWords[length] = word + 1;
      words[symbol] = reversed(word, length);
    }
  }
}

/** A code has no more symbols than this. */
const mostSymbols = 288;
const keys = new Uint32Array(mostSymbols);
const weights = new Uint32Array(2 * mostSymbols);
const parents = new Uint32Array(2 * mostSymbols);
const depths = new Uint8Array(2 * mostSymbols);
/** By length in bits: how many words have it. Huffman's tree of 2 to the 23rd is not deeper than this. */
const wordCounts = new Uint32Array(64);
/** By length: the next word. */
const nextWords = new Uint16Array(17);

/** Symbols, the rarest first; until this is called again. */
function byFrequency(symbols: Uint16Array, frequencies: Uint32Array): Uint32Array {
  // a block has fewer tokens than 2 to the 22nd, and there are fewer symbols than 512: both fit into 32 bits
  const sorted = keys.subarray(0, symbols.length);
  for (let at = 0; at < sorted.length; at++) {
    const symbol = symbols[at] ?? 0;
    sorted[at] = ((frequencies[symbol] ?? 0) << 9) | symbol;
  }
  sorted.sort();
  for (let at = 0; at < sorted.length; at++) sorted[at] = (sorted[at] ?? 0) & 511;
  return sorted;
}

/** How many words of each length Huffman's tree has. */
function countWords(sorted: Uint32Array, frequencies: Uint32Array): void {
  const leaves = sorted.length;
  const nodes = 2 * leaves - 1;
  for (let leaf = 0; leaf < leaves; leaf++) weights[leaf] = frequencies[sorted[leaf] ?? 0] ?? 0;
  // leaves and inner nodes both come lightest first: the two lightest stand at the head of either
  let leaf = 0;
  let inner = leaves;
  for (let made = leaves; made < nodes; made++) {
    let weight = 0;
    for (let child = 0; child < 2; child++) {
      const leafIsLighter =
        leaf < leaves && (inner >= made || (weights[leaf] ?? 0) <= (weights[inner] ?? 0));
      const lightest = leafIsLighter ? leaf++ : inner++;
      weight += weights[lightest] ?? 0;
      parents[lightest] = made;
    }
    weights[made] = weight;
  }
  wordCounts.fill(0);
  depths[nodes - 1] = 0;
  for (let node = nodes - 2; node >= 0; node--) {
    const depth = (depths[parents[node] ?? 0] ?? 0) + 1;
    depths[node] = depth;
    if (node < leaves) wordCounts[depth] = (wordCounts[depth] ?? 0) + 1;
  }
}

/** Make words that are too long as long as they may be, and for the room that takes make shorter ones longer. */
function limitWords(longest: number): void {
  let tooLong = 0;
  for (let length = longest + 1; length < wordCounts.length; length++)
    tooLong += wordCounts[length] ?? 0;
  if (tooLong === 0) return;
  wordCounts[longest] = (wordCounts[longest] ?? 0) + tooLong;
  // Kraft: a word of length n takes 2^(longest - n) of the 2^longest places
  let taken = 0;
  for (let length = 1; length <= longest; length++)
    taken += (wordCounts[length] ?? 0) << (longest - length);
  for (; taken > 1 << longest; taken--) {
    // one of the longest becomes the brother of a shorter one, which goes down a step
    let length = longest - 1;
    while (wordCounts[length] === 0) length--;
    wordCounts[length] = (wordCounts[length] ?? 0) - 1;
    wordCounts[length + 1] = (wordCounts[length + 1] ?? 0) + 2;
    wordCounts[longest] = (wordCounts[longest] ?? 0) - 1;
  }
}

/** Of sixteen bits first neighbours change places, then pairs, fours and bytes; without a loop, as code runs cold here. */
function reversed(word: number, length: number): number {
  let bits = ((word & 0x5555) << 1) | ((word >>> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >>> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >>> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | (bits >>> 8);
  return bits >>> (16 - length);
}
