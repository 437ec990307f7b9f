/** Reads a text from its beginning to its end, one pattern at a time. */
export class Scanner {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** What the sticky pattern (`/…/y`) matches here, which is then behind us. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  skipSpaces(): void {
    this.take(/[ \t]*/y);
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** For messages: what was expected here instead of what is here. */
  expected(what: string): SyntaxProblem {
    const rest = this.text.slice(this.position, this.position + 20);
    const found = rest === "" ? "its end" : JSON.stringify(rest);
    return new SyntaxProblem(`expected ${what} instead of ${found} at column ${this.position + 1}`);
  }
}

/** Caught by whoever knows which file the text is from. */
export class SyntaxProblem extends Error {
  override readonly name = "SyntaxProblem";
}
