/** What holds for any damage on the way, and for sources in any order. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import { packageWorld, touchdownfile } from "../support/package-world.ts";
import type { PackageWorld } from "../support/package-world.ts";
import { pylockText } from "../support/pylock-text.ts";

const wheel = makeWheel(
  {
    "lib/__init__.py": "x = 1\n".repeat(300),
    "lib/data.txt": "data",
    "lib-1.0.data/scripts/run": "#!python\n",
  },
  { name: "lib" },
);

let index: PackageIndex;
let world: PackageWorld;

beforeAll(async () => {
  index = await startPackageIndex();
});
afterAll(() => index.stop());
beforeEach(async () => {
  world = await packageWorld({ index });
});
afterEach(() => world.remove());

const packaged = (args: string): string =>
  touchdownfile(`workspace.addPythonPackage({ name: "api", runtime: "python3.11", ${args} });`);

test("any wrong byte in a wheel that an index serves is refused, and the next build is right", async () => {
  await world.write({
    "Touchdownfile.ts": packaged(
      'lock: "pylock.toml", requirements: "requirements.txt", sources: ["app.py"]',
    ),
    "pylock.toml": pylockText(index, [wheel]),
    "requirements.txt": "",
    "app.py": "",
  });
  index.add(wheel);
  const want = (await world.build()).get("api")?.sha256;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(wheel.bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, flip) => {
        await rm(world.cache, { recursive: true });
        const wrong = Buffer.from(wheel.bytes);
        wrong[at] = (wrong[at] ?? 0) ^ flip;
        index.add({ ...wheel, bytes: wrong });
        const refused = await world.run("build", "--json");
        expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
        expect(refused.stderr).toMatch(
          /lib-1\.0-py3-none-any\.whl from 127\.0\.0\.1:\d+ has sha256 [0-9a-f]{64}, expected/u,
        );
        index.add(wheel);
        expect((await world.build()).get("api")?.sha256).toBe(want);
      },
    ),
    { numRuns: 12 },
  );
});

test("sources in any order, made in any order, give the same bytes", async () => {
  const files = ["app.py", "a/__init__.py", "a/z.py", "a.b/c.txt", "Ä.txt", "ﬀ/𝄞.py", "run.sh"];
  const sources = ["app.py", "a", "a.b", "Ä.txt", "ﬀ", "run.sh"];
  const shuffled = <Item>(items: Item[]) => fc.shuffledSubarray(items, { minLength: items.length });
  const seen = new Set<string | undefined>();
  await fc.assert(
    fc.asyncProperty(shuffled(files), shuffled(sources), async (made, named) => {
      await rm(world.folder, { recursive: true });
      for (const file of made) await world.write({ [file]: `of ${file}\n` });
      await world.write({ "Touchdownfile.ts": packaged(`sources: ${JSON.stringify(named)}`) });
      await rm(join(world.cache, "zips-v1"), { recursive: true, force: true });
      const built = (await world.build()).get("api");
      expect(built?.built).toBe(true);
      seen.add(built?.sha256);
      expect([...seen]).toHaveLength(1);
    }),
    { numRuns: 15 },
  );
});
