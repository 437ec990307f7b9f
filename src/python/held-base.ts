/** The zip that packages are made from one after the other, in memory. */
import { limit } from "../core/limit.ts";
import { hold } from "./pack.ts";
import type { PackBase } from "./pack.ts";

/** Bytes: of longer ones the reading costs little beside the rest. */
const mostHeld = 4 * 1024 * 1024;

export class HeldBase {
  #path: string | undefined;
  #uses = 0;
  #bytes: Uint8Array | undefined;
  /** One after the other they fill the same block of memory, which stays in the processor's cache. */
  readonly #lane = limit(1);

  /**
   * Make a zip from a base, which is held from its second use on.
   *
   * @param size  the base's, in bytes
   */
  use<T>(base: PackBase, size: number, make: (base: PackBase) => Promise<T>): Promise<T> {
    if (size > mostHeld) return make(base);
    if (base.path !== this.#path) {
      this.#path = base.path;
      this.#uses = 0;
      this.#bytes = undefined;
    }
    this.#uses += 1;
    if (this.#uses === 2) this.#bytes = hold(base);
    const bytes = this.#bytes;
    return bytes === undefined ? make(base) : this.#lane(() => make({ ...base, bytes }));
  }
}
