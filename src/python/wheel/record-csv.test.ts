import { expect, test } from "vitest";
import { formatRecord, parseRecord } from "./record-csv.ts";

const rows = (text: string) => [...parseRecord(text).values()].map((row) => Object.values(row));

test("plain lines, however they end", () => {
  expect(rows("a.py,sha256=x,3\r\nb.py,,\n\n")).toEqual([
    ["a.py", "sha256=x", "3"],
    ["b.py", "", ""],
  ]);
  expect(rows("a.py,sha256=x,3")).toEqual([["a.py", "sha256=x", "3"]]);
  expect(rows("")).toEqual([]);
});

test("quotes around commas, quotes and line ends", () => {
  expect(rows('"a,b.py",sha256=x,3\n"say ""hi"".py","sha256=y",4\nc,,\n"d\ne",,\n')).toEqual([
    ["a,b.py", "sha256=x", "3"],
    ['say "hi".py', "sha256=y", "4"],
    ["c", "", ""],
    ["d\ne", "", ""],
  ]);
});

test("lines that are short, long, repeated or broken", () => {
  expect(rows("a\nb,h\nc,h,1,more\na,z,2\n")).toEqual([
    ["a", "z", "2"],
    ["b", "h", ""],
    ["c", "h", "1"],
  ]);
  expect(rows('"open,sha256=x,3\n')).toEqual(rows('"open,sha256=x,3\n'));
  expect(parseRecord('"a"tail,h,1\n').get("a")).toEqual({ path: "a", hash: "h", size: "1" });
});

test("what is written is in byte order and reads back", () => {
  const some = ["b", "a,b", 'q"', "é", "a-1.dist-info/WHEEL"].map((path) => ({
    path,
    hash: "sha256=x",
    size: "1",
  }));
  const text = formatRecord(some, "a-1.dist-info/RECORD");
  expect(text).toBe(
    [
      '"a,b",sha256=x,1',
      "a-1.dist-info/WHEEL,sha256=x,1",
      "b,sha256=x,1",
      '"q""",sha256=x,1',
      "é,sha256=x,1",
      "a-1.dist-info/RECORD,,",
      "",
    ].join("\n"),
  );
  expect(parseRecord(text).size).toBe(6);
});
