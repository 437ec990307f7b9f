/** The options a verb was given. */
export class Values {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;

  constructor(values: Readonly<Record<string, string | boolean | undefined>>) {
    this.#values = values;
  }

  /** The same, and one more that takes no value. */
  withFlag(name: string): Values {
    return new Values({ ...this.#values, [name]: true });
  }

  /** Whether an option that takes no value was given. */
  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** The value of an option that takes one. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }
}
