import { closeSync, openSync } from "node:fs";

/** Files open for reading, each opened once; beyond `atMost` the one that was not used for longest is closed. */
export class OpenFiles {
  readonly #descriptors = new Map<string, number>();
  readonly #most: number;
  #last: { readonly path: string; readonly descriptor: number } | undefined;

  constructor(options: { readonly atMost: number }) {
    this.#most = options.atMost;
  }

  /** Its descriptor, good until the next call. */
  open(path: string): number {
    if (this.#last?.path === path) return this.#last.descriptor;
    let descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) {
      descriptor = openSync(path, "r");
      this.#makeRoom();
    } else {
      this.#descriptors.delete(path);
    }
    // a Map keeps the order in which its keys were set: the first is the one to go
    this.#descriptors.set(path, descriptor);
    this.#last = { path, descriptor };
    return descriptor;
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
    this.#last = undefined;
  }

  #makeRoom(): void {
    const [oldest] = this.#descriptors;
    if (oldest === undefined || this.#descriptors.size < this.#most) return;
    closeSync(oldest[1]);
    this.#descriptors.delete(oldest[0]);
  }
}
