import { expect, test } from "vitest";
import { netrcEntry } from "./netrc.ts";

const netrc = `
# the first machine login of nobody
machine one.invalid login me password p#1 # machine two.invalid
machine two.invalid
  password "with \\"quotes\\" and spaces"
  account x
  user you
macdef init
machine three.invalid login no password no

machine four.invalid password only
machine five.invalid login five
machine six.invalid login six account x password \\#6
default login anyone password anywhere
machine seven.invalid login seven password 7`;

test.each([
  ["one.invalid", "me", "p#1"],
  ["two.invalid", "you", 'with "quotes" and spaces'],
  ["four.invalid", "", "only"],
  ["six.invalid", "six", "#6"],
  ["seven.invalid", "seven", "7"],
])("%s has its own entry", (host, username, password) => {
  expect(netrcEntry(netrc, host)).toEqual({ username, password });
});

test.each(["three.invalid", "five.invalid", "unknown.invalid"])("%s has none", (host) => {
  expect(netrcEntry(netrc, host)).toBeUndefined();
});

test("what is not netrc has no entry", () => {
  for (const text of ["", "machine", "machine a", '"', "login a password b", "{}"])
    expect(netrcEntry(text, "a")).toBeUndefined();
});
