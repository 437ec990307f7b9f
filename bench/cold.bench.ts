/** From a lock, with nothing cached, against `uv pip install --target` alone, with nothing cached. Needs uv. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "smol-toml";
import { uvForTests } from "../test/support/uv-for-tests.ts";
import { medians, printRows } from "./support/measure.ts";
import type { Row } from "./support/measure.ts";
import { command, packageSet } from "./support/package-sets.ts";
import type { SetName } from "./support/package-sets.ts";

const uv = await uvForTests();
const root = mkdtempSync(join(tmpdir(), "touchdown-bench-"));

interface Pinned {
  readonly name: string;
  readonly version: string;
  readonly marker?: string;
}

/** What the lock pins, as a requirements file, so that both fetch the same versions. */
function pins(folder: string): string {
  const lock = parse(readFileSync(join(folder, "pylock.toml"), "utf8"));
  const packages = lock["packages"] as unknown as readonly Pinned[];
  return packages
    .map(
      ({ name, version, marker }) =>
        `${name}==${version}${marker === undefined ? "" : ` ; ${marker}`}`,
    )
    .join("\n");
}

function rowOf(name: SetName, program: string): Row {
  const { folder, env } = packageSet(name);
  const requirements = join(root, `${name}.txt`);
  writeFileSync(requirements, pins(folder));
  const [cache, uvCache, target] = ["cache", "uv", "target"].map((each) => join(root, each));
  const empty = (): void => {
    for (const each of [cache, uvCache, target])
      rmSync(each ?? "", { recursive: true, force: true });
  };
  const ours = {
    name: "touchdown build",
    words: [...command, "build", "--locked"],
    cwd: folder,
    env: { ...env, TOUCHDOWN_CACHE_DIR: cache ?? "" },
    before: empty,
  };
  const platform = ["--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.13"];
  const theirs = {
    name: "uv pip install",
    words: [
      program,
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--only-binary",
      ":all:",
      ...platform,
      "--target",
      target ?? "",
      "-r",
      requirements,
    ],
    env: { UV_CACHE_DIR: uvCache ?? "", PATH: `${dirname(program)}:${process.env["PATH"] ?? ""}` },
    before: empty,
  };
  const [oursMs = 0, theirsMs = 0] = medians([ours, theirs], { rounds: 3 });
  const ratio = theirsMs / oursMs;
  return {
    what: `${name}: cold, from a lock`,
    value: `${ratio.toFixed(1)} ×`,
    against: `faster than uv pip install --target (${oursMs.toFixed(0)} against ${theirsMs.toFixed(0)} ms)`,
    goal: "> 1",
    met: ratio > 1,
  };
}

try {
  if (uv === undefined) console.log("  needs uv");
  else printRows((["M", "L"] as const).map((name) => rowOf(name, uv.program)));
} finally {
  rmSync(root, { recursive: true, force: true });
}
