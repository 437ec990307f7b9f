import { mkdtemp, rm } from "node:fs/promises";
import { mkdirSync, writeFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { extensions, jitiFor } from "./compile.ts";
import { resolveRelative } from "./resolve.ts";

// Few names, so that they often meet.
const leaf = fc
  .tuple(fc.constantFrom("a", "index"), fc.constantFrom("", ".a", ".json", ...extensions))
  .map((parts) => parts.join(""));
const path = fc.tuple(fc.constantFrom("", "", "a/", "ü .b/"), leaf).map((parts) => parts.join(""));
const specifier = fc
  .tuple(fc.constantFrom("./", "./a/../", "../p/", "./a/", "./ü .b/"), leaf)
  .map((parts) => parts.join(""));

test("a relative import leads where jiti says, or is left to jiti", async () => {
  const root = await mkdtemp(join(realpathSync(tmpdir()), "touchdown-resolve-"));
  const folder = join(root, "p");
  const from = join(folder, "Touchdownfile.ts");
  let found = 0;
  try {
    fc.assert(
      fc.property(fc.array(path, { minLength: 4, maxLength: 20 }), specifier, (files, asked) => {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
        writeFileSync(from, "");
        for (const file of files) tryTo(() => place(join(folder, file)));
        tryTo(() => symlinkSync(join(folder, "a.ts"), join(folder, "index.mjs")));
        const here = resolveRelative(asked, from);
        if (here === undefined) return;
        found += 1;
        expect(here).toBe(fileURLToPath(jitiFor(from).esmResolve(asked)));
        expect(here).toBe(jitiFor(from).resolve(asked));
      }),
      { numRuns: 300, seed: 5 },
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  expect(found).toBeGreaterThan(50);
});

test.each(["touchdown-aws", "./a%20b", "./a?b", "./a#b", "./a/", ".", "..", "/etc/hosts", "#own"])(
  "%s is left to jiti",
  (asked) => {
    expect(resolveRelative(asked, import.meta.filename)).toBeUndefined();
  },
);

function place(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
}

/** A file may be in the way of a folder of its name, or the reverse. */
function tryTo(act: () => void): void {
  try {
    act();
  } catch {}
}
