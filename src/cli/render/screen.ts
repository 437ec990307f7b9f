/** The last lines of a terminal, drawn over and over: each time in one write, so that nothing flickers. */
import { stripVTControlCharacters } from "node:util";

interface Terminal {
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

const escape = "\u001B[";
const upBy = (rows: number): string => (rows > 0 ? `${escape}${rows}A` : "");
const allBelow = `${escape}J`;
const hideCursor = `${escape}?25l`;
const showCursor = `${escape}?25h`;

/** What is shown between these appears at once, where the terminal knows them. */
const atOnce = { begin: `${escape}?2026h`, end: `${escape}?2026l` };

export function screen(terminal: Terminal) {
  let drawn: readonly string[] = [];
  const restore = (): void => void terminal.write(showCursor);
  const top = (): string => `\r${upBy(rowsOf(drawn, terminal.columns ?? 80) - 1)}`;
  const draw = (lines: readonly string[], above = ""): void => {
    if (above === "" && lines.join("\n") === drawn.join("\n")) return;
    if (drawn.length === 0 && lines.length === 0) return void terminal.write(above);
    if (drawn.length === 0) process.once("exit", restore);
    if (lines.length === 0) process.off("exit", restore);
    terminal.write(
      [
        atOnce.begin,
        drawn.length === 0 ? hideCursor : `${top()}${allBelow}`,
        above,
        lines.join("\n"),
        lines.length === 0 ? showCursor : "",
        atOnce.end,
      ].join(""),
    );
    drawn = lines;
  };
  return {
    /** Replace the lines, and let `above`, whole lines, stay for good over them. */
    draw,
    clear: (): void => draw([]),
  };
}

/** A line wraps where the terminal was made narrower after it was drawn. */
function rowsOf(lines: readonly string[], columns: number): number {
  const rows = lines.map((line) =>
    Math.ceil(stripVTControlCharacters(line).length / Math.max(1, columns)),
  );
  return rows.reduce((sum, each) => sum + Math.max(1, each), 0);
}
