/**
 * How often each symbol of an alphabet occurs, and which do: most files are small, and have a few of them, so that only
 * those are gone through.
 */
export class Histogram {
  /** By symbol. */
  readonly counts: Uint32Array;
  /** Those that occur, in the order in which they first did. */
  readonly #seen: Uint16Array;
  #size = 0;

  /** @param symbols  how many there are */
  constructor(symbols: number) {
    this.counts = new Uint32Array(symbols);
    this.#seen = new Uint16Array(symbols);
  }

  add(symbol: number): void {
    const before = this.counts[symbol] ?? 0;
    this.counts[symbol] = before + 1;
    if (before === 0) this.#seen[this.#size++] = symbol;
  }

  /** Those that occur, in order; until another is added. */
  symbols(): Uint16Array {
    return this.#seen.subarray(0, this.#size).sort();
  }

  /** How many bits they take, in words that are so long, by symbol. */
  bitsIn(lengths: Uint8Array): number {
    let bits = 0;
    for (let at = 0; at < this.#size; at++) {
      const symbol = this.#seen[at] ?? 0;
      bits += (this.counts[symbol] ?? 0) * (lengths[symbol] ?? 0);
    }
    return bits;
  }

  clear(): void {
    for (let at = 0; at < this.#size; at++) this.counts[this.#seen[at] ?? 0] = 0;
    this.#size = 0;
  }
}
