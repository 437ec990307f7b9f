/** At most so much of a long run is made again after it was killed. */
const oftenMs = 1000;

/**
 * Saves once what pieces of work that follow each other closely have made: each of three hundred small zips would take
 * longer to write down than to make.
 */
export class SaveLater {
  readonly #write: () => void;
  #running = 0;
  #unsaved = false;
  #waiting = false;
  #savedMs = 0;
  #begunMs = 0;

  constructor(write: () => void) {
    this.#write = write;
  }

  /** Do work that makes something to be saved; what fails has made nothing. */
  async during(work: () => Promise<void>): Promise<void> {
    if (this.#running === 0) this.#begunMs = Date.now();
    this.#running++;
    try {
      await work();
      this.#unsaved = true;
    } finally {
      this.#running--;
      if (this.#unsaved) this.#saveInTime();
    }
  }

  #saveInTime(): void {
    const lastMs = this.#running === 0 ? this.#savedMs : Math.max(this.#savedMs, this.#begunMs);
    if (Date.now() - lastMs > oftenMs) return this.#save();
    if (this.#running === 0) this.#saveLast();
  }

  /** The last one saves, which may be the process's last act. */
  #saveLast(): void {
    if (!this.#waiting) process.once("exit", this.#save);
    this.#waiting = true;
    setImmediate(() => {
      if (this.#running === 0 && this.#waiting) this.#save();
    });
  }

  readonly #save = (): void => {
    this.#write();
    this.#savedMs = Date.now();
    this.#unsaved = false;
    this.#waiting = false;
    process.off("exit", this.#save);
  };
}
