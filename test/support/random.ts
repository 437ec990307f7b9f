/** Chance that can be had again: everything depends on the seed alone. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Seeds next to each other are to have nothing in common; nothing comes of 0.
    this.#state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0 || 1;
    for (let round = 0; round < 8; round += 1) this.next();
  }

  /** From 0 up to, not including, 1. @source Marsaglia, Xorshift RNGs (2003), 32 bits: 13, 17, 5 */
  readonly next = (): number => {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state / 2 ** 32;
  };

  /** A whole number; both ends may come. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.between(0, items.length - 1)] ?? items[0];
  }
}
