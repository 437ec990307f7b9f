import { expect, test } from "vitest";
import { screen } from "./screen.ts";

const sequences = new RegExp(`${"\u001B"}\\[\\??(\\d*)([A-Za-z])|([^])`, "gu");

/** As much of a terminal as the screen asks for: what stands on it, line by line. */
function terminal(columns: number) {
  const rows: string[] = [""];
  let [row, column, writes] = [0, 0, 0];
  const put = (character: string): void => {
    if (column === columns) [row, column] = [row + 1, 0];
    const line = (rows[row] ?? "").padEnd(column);
    rows[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const control: Readonly<Record<string, (count: number) => void>> = {
    A: (count) => void (row -= count),
    J: () => void rows.splice(row, rows.length, (rows[row] ?? "").slice(0, column)),
    h: () => undefined,
    l: () => undefined,
  };
  return {
    columns,
    rows,
    writes: () => writes,
    write: (text: string): void => {
      writes += 1;
      for (const part of text.matchAll(sequences)) {
        const [, count = "", letter = "", character = ""] = part;
        if (letter !== "") control[letter]?.(Number(count === "" ? 1 : count));
        else if (character === "\n") [row, column] = [row + 1, 0];
        else if (character === "\r") column = 0;
        else put(character);
        rows[row] ??= "";
      }
    },
  };
}

test("lines are drawn over, and what is said for good stays above them", () => {
  const there = terminal(20);
  const { draw, clear } = screen(there);
  draw(["* changing 0 of 2", "  a", "  b"]);
  draw(["* changing 1 of 2", "  b"], "created a\n");
  expect(there.rows).toEqual(["created a", "* changing 1 of 2", "  b"]);
  draw(["* changing 1 of 2", "  b"], "a line that is longer than the terminal\n");
  expect(there.rows.slice(-3)).toEqual(["r than the terminal", "* changing 1 of 2", "  b"]);
  clear();
  expect(there.rows.at(-1)).toBe("");
  expect(there.rows.join("\n")).not.toContain("changing");
});

test("each change is one write, and no change is none", () => {
  const there = terminal(20);
  const { draw, clear } = screen(there);
  draw(["one", "two"], "said\n");
  draw(["one", "two"]);
  expect(there.writes()).toBe(1);
  clear();
  clear();
  expect(there.writes()).toBe(2);
});
