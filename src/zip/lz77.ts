/**
 * The first half of deflate: bytes as literals and as copies of what came at most 32 KiB before.
 *
 * Matches are found through chains of places with the same three bytes, and a match is put off by one byte where the
 * next byte begins a longer one ("lazy"), as RFC 1951 §4 describes. All instances share their tables, so only the one
 * made last may be used.
 */
export class Lz77 {
  /** Literals as their byte; a copy as `length << 16 | distance`. */
  readonly tokens = tokens;
  readonly #bytes: Uint8Array;
  #at = 0;
  /** The best match at `#at`, where the byte before has already looked for it: a token, or 0. */
  #match = 0;
  #known = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    heads.fill(0);
  }

  /** How many bytes the tokens so far stand for. */
  get position(): number {
    return this.#at;
  }

  /** Fill `tokens` from its start. Says how many there are: 0 at the end of the bytes. */
  next(): number {
    const bytes = this.#bytes;
    let count = 0;
    let at = this.#at;
    let match = this.#known ? this.#match : 0;
    let known = this.#known;
    while (count < blockTokens && at < bytes.length) {
      if (!known) match = this.#find(at, shortestMatch - 1);
      known = false;
      const length = match >>> 16;
      const later = length > 0 && length < longEnough ? this.#find(at + 1, length) : 0;
      if (length === 0 || later !== 0) {
        tokens[count++] = bytes[at++] ?? 0;
        match = later;
        known = length > 0;
        continue;
      }
      tokens[count++] = match;
      const end = at + length;
      for (at += length < longEnough ? 2 : 1; at < end; at++) this.#insert(at);
    }
    this.#at = at;
    this.#match = match;
    this.#known = known;
    return count;
  }

  /** Remember the place. Says where these three bytes were before, plus 1; 0 for nowhere. */
  #insert(at: number): number {
    const bytes = this.#bytes;
    if (at + shortestMatch > bytes.length) return 0;
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const hash = Math.imul(three, 0x9e3779b1) >>> (32 - hashBits);
    const before = heads[hash] ?? 0;
    chain[at & (windowSize - 1)] = before;
    heads[hash] = at + 1;
    return before;
  }

  /** Remember the place, and look for a copy there of more than `atLeast` bytes: a token, or 0. */
  #find(at: number, atLeast: number): number {
    const bytes = this.#bytes;
    let candidate = this.#insert(at) - 1;
    const longest = Math.min(longestMatch, bytes.length - at);
    if (atLeast >= longest) return 0;
    // a distance of the whole window would need the place that `at` has just taken
    const farthest = Math.max(0, at - windowSize + 1);
    let best = atLeast;
    let found = 0;
    let tries = atLeast < goodMatch ? mostTries : mostTries >> 2;
    let lastByte = bytes[at + best];
    while (candidate >= farthest && tries-- > 0) {
      if (bytes[candidate + best] === lastByte) {
        let length = 0;
        while (length < longest && bytes[candidate + length] === bytes[at + length]) length++;
        if (length > best) {
          best = length;
          found = (length << 16) | (at - candidate);
          if (length === longest) break;
          lastByte = bytes[at + best];
        }
      }
      candidate = (chain[candidate & (windowSize - 1)] ?? 0) - 1;
    }
    // three bytes from far away cost more than three literals
    return best === shortestMatch && (found & 0xffff) > 4096 ? 0 : found;
  }
}

/** RFC 1951 §2: lengths and distances that can be said. */
const shortestMatch = 3;
const longestMatch = 258;
const windowSize = 32 * 1024;

/** A block has so many tokens: fewer cost more in code tables, more follow the text less well. */
const blockTokens = 16 * 1024;

/** How hard to look. Measured: 0.1–0.7 % more bytes than `zip -9`; twice the tries take half as long again for 0.2 %. */
const mostTries = 512;
const goodMatch = 32;
const longEnough = longestMatch;

const hashBits = 15;
/** By hash: the last place with these three bytes, plus 1. */
const heads = new Int32Array(1 << hashBits);
/** By the low bits of a place: the place before it with the same hash, plus 1. */
const chain = new Int32Array(windowSize);
const tokens = new Uint32Array(blockTokens);
