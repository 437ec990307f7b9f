/** Does its work once when the event loop next turns, or the process ends before, however often it is asked for. */
export class TurnEnd {
  readonly #work: () => void;
  #due: NodeJS.Immediate | undefined;

  constructor(work: () => void) {
    this.#work = work;
  }

  soon(): void {
    if (this.#due !== undefined) return;
    this.#due = setImmediate(this.now);
    process.once("exit", this.now);
  }

  /** At once, if it is due. */
  readonly now = (): void => {
    if (this.#due === undefined) return;
    clearImmediate(this.#due);
    process.off("exit", this.now);
    this.#due = undefined;
    this.#work();
  };
}
