/** Where a CI system keeps only what is in the project's folder, touchdown's cache is in it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { command } from "../support/cli.ts";
import { pathsIn } from "../support/package-world.ts";
import type { Built } from "../support/package-world.ts";
import { packaged, usePackageWorld } from "../support/use-package-world.ts";

const used = usePackageWorld([]);

test("no cache goes into a zip, touchdown's own included, whatever it is called", async () => {
  const { world } = used;
  await world.write({
    "Touchdownfile.ts": packaged('sources: ["./"]'),
    "app.py": "",
    "tools/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55",
    "tools/kept": "",
  });
  const cache = `TOUCHDOWN_CACHE_DIR=${join(world.folder, "kept")}`;
  for (const reason of ["for the first time here", "unchanged"]) {
    const words = ["env", cache, process.execPath, command, "build", "--json"];
    const { stdout } = await world.spawn(words);
    const { path, ...built } = JSON.parse(stdout) as Built;
    expect(built).toMatchObject({ reason });
    expect(pathsIn(path)).toEqual(["app.py"]);
  }
});
