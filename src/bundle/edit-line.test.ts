import fc from "fast-check";
import { expect, test } from "vitest";
import { editLine, findLine } from "./edit-line.ts";

const present = (line: string, match?: string | RegExp) =>
  ({ line, match, ensure: "present" }) as const;
const absent = (line: string, match?: string | RegExp) =>
  ({ line, match, ensure: "absent" }) as const;

test("a missing line is added at the end, which gets a line end first", () => {
  expect(editLine("", present("a"))).toBe("a\n");
  expect(editLine("b", present("a"))).toBe("b\na\n");
  expect(editLine("b\r\n", present("a"))).toBe("b\r\na\r\n");
  expect(editLine("a", present("a"))).toBe("a");
});

test("the last line that matches becomes the line; others stay byte for byte", () => {
  const text = "#Port 1\r\nx\n#Port 2\r\nlast";
  expect(editLine(text, present("Port 22", /^#?Port/g))).toBe("#Port 1\r\nx\nPort 22\r\nlast");
  expect(editLine("Port 22\n#Port 2\n", present("Port 22", "^#?Port"))).toBe("Port 22\n#Port 2\n");
  expect(findLine(text, present("Port 22", /^#?Port/))).toEqual({ found: "#Port 2", count: 2 });
});

test("an absent line is removed wherever it is", () => {
  expect(editLine("a\nb\na", absent("a"))).toBe("b\n");
  expect(editLine("ab\nb\r\nac", absent("a", "^a"))).toBe("b\r\n");
  expect(editLine("b", absent("a"))).toBe("b");
  expect(editLine("", absent(""))).toBe("");
});

test("editing twice changes no more than editing once", () => {
  const word = fc.constantFrom("a", "b", "ab", "");
  const text = fc
    .array(fc.tuple(word, fc.constantFrom("\n", "\r\n")))
    .chain((lines) => word.map((last) => lines.map((each) => each.join("")).join("") + last));
  const edit = fc.record({
    line: word,
    match: fc.constantFrom(undefined, "^a", /b$/g),
    ensure: fc.constantFrom("present", "absent"),
  });
  fc.assert(
    fc.property(text, edit, (before, each) => {
      const once = editLine(before, each);
      expect(editLine(once, each)).toBe(once);
      const { found, count } = findLine(once, each);
      expect(each.ensure === "present" ? found : count).toBe(
        each.ensure === "present" ? each.line : 0,
      );
    }),
  );
});
