/** How many bytes may be held in memory at once: who asks for more waits until others give theirs back. */
export class ByteBudget {
  readonly #limit: number;
  #held = 0;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Wait until there is room, in the order of asking; more than the limit waits for all of it.
   *
   * @returns  gives the bytes back; to be called once
   */
  async take(bytes: number): Promise<() => void> {
    const share = Math.min(bytes, this.#limit);
    if (this.#waiting.length > 0 || this.#held + share > this.#limit) {
      await new Promise<void>((go) => this.#waiting.push({ bytes: share, go }));
    } else this.#held += share;
    return () => {
      this.#held -= share;
      this.#letIn();
    };
  }

  #letIn(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || this.#held + next.bytes > this.#limit) return;
      this.#waiting.shift();
      this.#held += next.bytes;
      next.go();
    }
  }
}
