/** A build with nothing to do: one package against an empty Node, three hundred against `make -q`. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeWheel } from "../test/support/make-wheel.ts";
import { startPackageIndex } from "../test/support/package-index.ts";
import { compared, inTurns, printRows, running, timed } from "./support/measure.ts";
import { command, packageSet, storedIn } from "./support/package-sets.ts";

const functions = 300;
const copyEach = resolve(import.meta.dirname, "support/copy-each.mjs");
const root = mkdtempSync(join(tmpdir(), "touchdown-bench-"));

/** Of ordinary size: ten modules of some kB. */
const wheel = (name: string, version: string) =>
  makeWheel(
    Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `${name}/m${index}.py`,
        Array.from(
          { length: 200 },
          (__, line) => `value_${line} = "${name} ${version} ${index * line}"\n`,
        ).join(""),
      ]),
    ),
    { name, version },
  );

const bumps = ["2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "8.0"];
const names = Array.from({ length: 30 }, (_, index) => `dependency${index}`);
const index = await startPackageIndex([
  ...names.map((name) => wheel(name, "1.0")),
  ...bumps.map((version) => wheel("dependency0", version)),
]);

function monorepo(folder: string): void {
  mkdirSync(folder, { recursive: true });
  requirements(folder, "1.0");
  for (let number = 0; number < functions; number += 1) {
    mkdirSync(join(folder, `f${number}`));
    writeFileSync(
      join(folder, `f${number}/app.py`),
      `def handler(event, context):\n    return ${number}\n`,
    );
  }
  writeFileSync(
    join(folder, "Touchdownfile.ts"),
    `import type { Workspace } from "touchdown-aws";
export default (workspace: Workspace) => {
  for (let number = 0; number < ${functions}; number += 1) {
    workspace.addPythonPackage({ name: \`f\${number}\`, requirements: "requirements.txt", sources: [\`f\${number}/app.py\`] });
  }
};
`,
  );
}

/** Another project of the same dependencies. */
function neighbour(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "neighbour.py"), "");
  writeFileSync(
    join(folder, "Touchdownfile.ts"),
    `import type { Workspace } from "touchdown-aws";
export default (workspace: Workspace) => {
  workspace.addPythonPackage({ requirements: "requirements.txt", sources: ["neighbour.py"] });
};
`,
  );
}

/**
 * The documentation's Makefile in a folder, as it is after a build: its stamps in their order, and the names of its
 * sources.
 */
function madeByMake(folder: string): string {
  cpSync(resolve(import.meta.dirname, "../examples/makefile"), folder, { recursive: true });
  const script = `mkdir -p wheelhouse lambda-build/staging lambda-build/staging-tree
echo {} > settings.json
touch wheelhouse/stamp
find setup.py pyproject.toml mymodule.py myproject -type f ! -name '*.pyc' | LC_ALL=C sort | xargs echo > lambda-build/staging/sources
touch lambda-build/staging/stamp
touch lambda-build/staging-tree/stamp
touch lambda.zip
make -q`;
  const made = spawnSync("sh", ["-e", "-c", script], { cwd: folder, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`make would build again in ${folder}: ${made.stderr}`);
  return folder;
}

const zipsOf = (cache: string): string[] => storedIn(join(cache, "zips-v1"));

function requirements(folder: string, first: string): void {
  const lines = names.map((name, at) => `${name}==${at === 0 ? first : "1.0"}`);
  writeFileSync(join(folder, "requirements.txt"), `${lines.join("\n")}\n`);
}

try {
  const small = packageSet("S");
  const one = { name: "one", words: [...command, "build"], cwd: small.folder, env: small.env };
  const empty = { name: "empty", words: [process.execPath, "-e", "0"] };
  const single = inTurns(one, empty, 15);

  const folder = join(root, "monorepo");
  const env = {
    TOUCHDOWN_CACHE_DIR: join(root, "cache"),
    UV_DEFAULT_INDEX: index.url,
    UV_CACHE_DIR: join(root, "uv"),
    PIP_FIND_LINKS: "",
  };
  monorepo(folder);
  const all = { name: "all", words: [...command, "build"], cwd: folder, env };
  await running(all);
  const made = Array.from({ length: functions }, (_, number) =>
    madeByMake(join(root, `makefiles/f${number}`)),
  );
  const quiet = made.map((each) => `make -q -C "${each}" || exit 1`).join("\n");
  const make = { name: "make", words: ["sh", "-c", quiet] };
  const several = inTurns(all, make, 5);

  // one dependency bumped: every zip is packed anew from a store that has its wheel for another project
  const other = { ...all, cwd: join(root, "neighbour") };
  neighbour(other.cwd);
  const rounds: { oursMs: number; theirsMs: number }[] = [];
  for (const version of bumps) {
    requirements(other.cwd, version);
    await running(other);
    requirements(folder, version);
    await running({ ...all, words: [...command, "lock"] });
    const before = new Set(zipsOf(env.TOUCHDOWN_CACHE_DIR));
    const oursMs = await running(all);
    const zips = zipsOf(env.TOUCHDOWN_CACHE_DIR).filter((zip) => !before.has(zip));
    if (zips.length !== functions) throw new Error(`${zips.length} zips were made`);
    // they stay until the end: for minutes after many files are deleted, ext4 makes new ones slowly
    const copies = join(root, `copies-${version}`);
    mkdirSync(copies);
    const limit = { name: "limit", words: [process.execPath, copyEach, copies, ...zips] };
    rounds.push({ oursMs, theirsMs: timed(limit) });
  }
  const bump = compared(rounds);

  printRows([
    {
      what: `one dependency of ${functions} packages bumped`,
      value: `${bump.ratio.toFixed(2)} ×`,
      against: `the same files read, written and hashed (${bump.oursMs.toFixed(0)} against ${bump.theirsMs.toFixed(0)} ms)`,
      goal: "≤ 2",
      met: bump.ratio <= 2,
    },
    {
      what: "no-op, one package",
      value: `${single.ratio.toFixed(2)} ×`,
      against: `an empty Node (${single.oursMs.toFixed(0)} against ${single.theirsMs.toFixed(0)} ms)`,
      goal: "≤ 1.5",
      met: single.ratio <= 1.5,
    },
    {
      what: `no-op, ${functions} packages`,
      value: `${(1 / several.ratio).toFixed(1)} ×`,
      against: `faster than make -q of ${functions} documented Makefiles (${several.oursMs.toFixed(0)} against ${several.theirsMs.toFixed(0)} ms)`,
      goal: "≥ 8",
      met: 1 / several.ratio >= 8,
    },
  ]);
} finally {
  await index.stop();
  rmSync(root, { recursive: true });
}
