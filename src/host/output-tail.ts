/** Keeps the end of a text that comes in pieces: at most `keepLength` UTF-16 units of it. */
export function outputTail(keepLength: number): { push(text: string): void; text(): string } {
  let pieces: string[] = [];
  let length = 0;
  const trim = (): void => {
    const whole = pieces.join("");
    // never begin with the second half of a surrogate pair
    const kept = whole
      .slice(Math.max(0, whole.length - keepLength))
      .replace(/^[\uDC00-\uDFFF]/, "");
    pieces = [kept];
    length = kept.length;
  };
  return {
    push(text) {
      pieces.push(text);
      length += text.length;
      if (length > 2 * keepLength) trim();
    },
    text() {
      trim();
      return pieces.join("");
    },
  };
}
