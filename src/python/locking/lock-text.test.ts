import { expect, test } from "vitest";
import { withoutCredentials } from "../uv/credentials.ts";
import { readLockTable } from "./lock-table.ts";
import { lockText } from "./lock-text.ts";

const table = {
  format: 1,
  python: ">=3.9",
  extras: ["a"],
  groups: [],
  bytecode: ["3.9.18", "3.13.0"],
  inputs: new Map([['we"ird/ü.txt', "00"]]),
  builds: new Map([[`${"0".repeat(40)}#subdirectory=a b`, 'ti"ny']]),
  backends: [
    { requires: ["x >= 1"], locked: ["x==1 ; python_version < '3.10' --hash=sha256:00", "y==2"] },
    { requires: [], locked: [] },
  ],
};
const folders = { from: "/tmp/out", to: "/home/me/app" };

test("paths become relative to the lock, files from find-links too, and addresses stay", () => {
  const written = [
    'lock-version = "1.0"',
    'created-by = "uv"',
    'directory = { path = "../../home/me/lib", editable = true }',
    'archive = { path = \'../../home/me/app/with"quote.whl\', hashes = { sha256 = "00" } }',
    'wheels = [{ url = "file:///opt/wheels/a%20b.whl", hashes = { sha256 = "00" } }]',
    '    { url = "https://me:secret@index.invalid/path%20=%20x.whl", size = 1 },',
    'vcs = { type = "git", url = "ssh://git@host.invalid/x", commit-id = "00" }',
  ];
  const [, ...lines] = lockText(written.join("\r\n"), folders, table).split("\n");
  expect(lines.slice(0, 7)).toEqual([
    'lock-version = "1.0"',
    'created-by = "touchdown"',
    'directory = { path = "../lib", editable = true }',
    'archive = { path = "with\\"quote.whl", hashes = { sha256 = "00" } }',
    'wheels = [{ path = "../../../opt/wheels/a b.whl", hashes = { sha256 = "00" } }]',
    '    { url = "https://index.invalid/path%20=%20x.whl", size = 1 },',
    'vcs = { type = "git", url = "ssh://git@host.invalid/x", commit-id = "00" }',
  ]);
});

test("the table reads back as it was, also with other line ends", () => {
  const text = lockText('created-by = "uv"\n', folders, table);
  expect(readLockTable(text)).toEqual(table);
  expect(readLockTable(text.replaceAll("\n", "\r\n"))).toEqual(table);
  expect(readLockTable('lock-version = "1.0"\n')).toBeUndefined();
});

test("credentials are taken out of addresses, an ssh user is not", () => {
  expect(withoutCredentials("at http://u:p@h/ and https://t@h/x, ssh://git:pw@h, a@b")).toBe(
    "at http://h/ and https://h/x, ssh://git@h, a@b",
  );
});
