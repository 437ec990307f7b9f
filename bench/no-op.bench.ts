/** A build with nothing to do: one package against an empty Node, three hundred against `make -q`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeWheel } from "../test/support/make-wheel.ts";
import { startPackageIndex } from "../test/support/package-index.ts";
import { medians, printRows, running, timed } from "./support/measure.ts";
import { command, packageSet, wheelsIn } from "./support/package-sets.ts";

const functions = 300;
const limit = resolve(import.meta.dirname, "support/limit.mjs");
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

const names = Array.from({ length: 30 }, (_, index) => `dependency${index}`);
const index = await startPackageIndex([
  ...names.map((name) => wheel(name, "1.0")),
  wheel("dependency0", "2.0"),
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
    writeFileSync(join(folder, `f${number}/Makefile`), "lambda.zip: app.py\n\ttouch $@\n");
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

function requirements(folder: string, first: string): void {
  const lines = names.map((name, at) => `${name}==${at === 0 ? first : "1.0"}`);
  writeFileSync(join(folder, "requirements.txt"), `${lines.join("\n")}\n`);
}

try {
  const small = packageSet("S");
  const one = { name: "one", words: [...command, "build"], cwd: small.folder, env: small.env };
  const empty = { name: "empty", words: [process.execPath, "-e", "0"] };
  const [oneMs = 0, emptyMs = 0] = medians([one, empty], { rounds: 15 });

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
  const folders = Array.from({ length: functions }, (_, number) => join(folder, `f${number}`));
  for (const each of folders) spawnSync("make", [], { cwd: each });
  const make = {
    name: "make",
    words: ["sh", "-c", `for f in ${folder}/f*; do make -q -C "$f" || exit 1; done`],
  };
  const [allMs = 0, makeMs = 0] = medians([all, make], { rounds: 5 });

  // one dependency bumped: every zip is packed anew from a warm store
  requirements(folder, "2.0");
  await running({ ...all, words: [...command, "lock"] });
  const bumpMs = await running(all);
  const zips = wheelsIn(join(env.TOUCHDOWN_CACHE_DIR, "zips-v1")).slice(-functions);
  const limitMs = timed({
    name: "limit",
    words: [process.execPath, limit, join(root, "limit.zip"), ...zips],
  });

  printRows([
    {
      what: `one dependency of ${functions} packages bumped`,
      value: `${(bumpMs / limitMs).toFixed(2)} ×`,
      against: `the same bytes read, written and hashed (${bumpMs.toFixed(0)} against ${limitMs.toFixed(0)} ms)`,
      goal: "≤ 2",
      met: bumpMs / limitMs <= 2,
    },
    {
      what: "no-op, one package",
      value: `${(oneMs / emptyMs).toFixed(2)} ×`,
      against: `an empty Node (${oneMs.toFixed(0)} against ${emptyMs.toFixed(0)} ms)`,
      goal: "≤ 1.5",
      met: oneMs / emptyMs <= 1.5,
    },
    {
      what: `no-op, ${functions} packages`,
      value: `${(makeMs / allMs).toFixed(1)} ×`,
      against: `faster than ${functions} × make -q (${allMs.toFixed(0)} against ${makeMs.toFixed(0)} ms)`,
      goal: "≥ 8",
      met: makeMs / allMs >= 8,
    },
  ]);
} finally {
  await index.stop();
  rmSync(root, { recursive: true });
}
