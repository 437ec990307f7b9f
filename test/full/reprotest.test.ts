/** Debian's reprotest builds twice, with another clock, time zone, locale, umask, path, home, kernel and CPU count. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command } from "../support/cli.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { missingTools } from "../support/missing-tools.ts";
import { startPackageIndex } from "../support/package-index.ts";
import { packageWorld, touchdownfile } from "../support/package-world.ts";
import { pylockText } from "../support/pylock-text.ts";

/** These three need mounts of FUSE, other users, and domain names. */
const vary = "--vary=+all,-fileordering,-user_group,-domain_host";

test("reprotest finds no difference", async (context) => {
  const missing = missingTools([
    ["reprotest", "--help"],
    ["faketime", "--version"],
  ]);
  if (missing.length > 0) context.skip("needs Debian's reprotest and faketime");
  const wheel = makeWheel({ "lib/__init__.py": "x = 1\n".repeat(100) }, { name: "lib" });
  const index = await startPackageIndex([wheel]);
  const world = await packageWorld({ index });
  try {
    // the clock of the second build is years ahead, in which the index would answer too late
    await writeFile(join(world.folder, wheel.name), wheel.bytes);
    const lock = pylockText(index, [wheel]).replace(/url = "[^"]*"/u, `path = "./${wheel.name}"`);
    await world.write({
      "Touchdownfile.ts": touchdownfile(
        'workspace.addPythonPackage({ name: "api", runtime: "python3.11", lock: "pylock.toml", requirements: "requirements.txt", sources: ["app"], files: { "settings.json": serializers.json({ a: 1 }) } });',
      ),
      "pylock.toml": lock,
      "requirements.txt": "",
      "app/__init__.py": "",
      "app/a.py": "a = 1\n",
    });
    const build = `TOUCHDOWN_CACHE_DIR="$PWD/cache" ${process.execPath} ${command} build --locked --out zips`;
    const { status, stdout, stderr } = await world.spawn(["reprotest", vary, build, "zips/*.zip"]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain("No differences in ./zips/*.zip");
  } finally {
    await world.remove();
    await index.stop();
  }
});
