/** Bits, the lowest first, into bytes, as deflate has them (RFC 1951 §3.1.1). */
export class BitWriter {
  #bytes: Uint8Array;
  #size = 0;
  /** Bits that do not yet make a byte. */
  #held = 0;
  #count = 0;

  constructor(expectedSize: number) {
    this.#bytes = new Uint8Array(expectedSize + 16);
  }

  /** At most 16 bits. */
  write(value: number, bits: number): void {
    this.#held |= value << this.#count;
    this.#count += bits;
    if (this.#count < 16) return;
    if (this.#size + 2 > this.#bytes.length) this.#grow();
    this.#bytes[this.#size++] = this.#held;
    this.#bytes[this.#size++] = this.#held >>> 8;
    this.#held >>>= 16;
    this.#count -= 16;
  }

  /** Fill the byte with zeros. */
  align(): void {
    if (this.#count > 8) this.write(0, 16 - this.#count);
    else if (this.#count > 0) this.write(0, 8 - this.#count);
  }

  /** All bytes; the last is filled with zeros. */
  finish(): Uint8Array {
    this.align();
    if (this.#count > 0) {
      this.write(0, 8);
      return this.#bytes.subarray(0, this.#size - 1);
    }
    return this.#bytes.subarray(0, this.#size);
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#bytes.length);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
