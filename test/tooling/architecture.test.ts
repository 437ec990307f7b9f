import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const text = readFileSync(join(root, "docs/architecture.md"), "utf8");

const named = [...text.matchAll(/`(\w+)` \(`(src\/[^`]+)`\)/gu)].map(
  ([, name = "", file = ""]) => ({
    name,
    file,
  }),
);

test("the description of a deploy names functions in every room", () => {
  const rooms = new Set(named.map(({ file }) => file.split("/")[1]));
  for (const room of [
    "aws",
    "bundle",
    "cli",
    "core",
    "host",
    "local",
    "operations",
    "python",
    "store",
    "zip",
  ]) {
    expect(rooms).toContain(room);
  }
  expect(named.length).toBeGreaterThan(40);
});

test.each(named)("$name is in $file", ({ name, file }) => {
  const source = readFileSync(join(root, file), "utf8");
  const declared = new RegExp(`(?:function\\*?|class|const) ${name}\\b|^\\s+${name}[,:(]`, "mu");
  expect(source).toMatch(declared);
});

test("every file it names exists", () => {
  const files = [...text.matchAll(/`(src\/[^`]+)`/gu)].map(([, file = ""]) => file);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
