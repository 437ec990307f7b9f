import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/reproducible.md"), "utf8");

test("docs/reproducible.md names tests and files that are there", () => {
  const files = ["test/support/reproducibility-matrix.ts", "test/full/reproducible.test.ts"];
  const matrix = files.map((path) => readFileSync(join(root, path), "utf8")).join("");
  const titles = [...page.matchAll(/“([^”]+)”/g)].map(([, title = ""]) => title);
  expect(titles.length).toBeGreaterThan(10);
  expect(titles.filter((title) => !hasTest(matrix, title))).toEqual([]);
  const paths = [...page.matchAll(/`((?:src|test)\/[^`]*)`/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/** A title may go on with what `test.each` fills in: `under umask 077 and 000: %s`. */
function hasTest(source: string, title: string): boolean {
  return source.includes(`"${title}"`) || source.includes(`"${title}: %s"`);
}
