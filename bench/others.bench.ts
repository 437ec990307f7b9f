/** One edited source line of set L, as people zip it today: the documented Makefile, uv and zip, sam. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { uvForTests } from "../test/support/uv-for-tests.ts";
import { medians, printRows, timed } from "./support/measure.ts";
import type { Command, Row } from "./support/measure.ts";
import { command, packageSet, sets } from "./support/package-sets.ts";

const root = mkdtempSync(join(tmpdir(), "touchdown-bench-"));
const requirements = `${sets.L.join("\n")}\n`;

/** The documentation's, with the source change that it describes. */
function makefile(): Command {
  const folder = join(root, "makefile");
  cpSync(resolve(import.meta.dirname, "../examples/makefile"), folder, { recursive: true });
  writeFileSync(join(folder, "requirements.txt"), requirements);
  writeFileSync(join(folder, "settings.json"), "{}");
  const source = join(folder, "myproject/greeting.py");
  const before = (): void => appendFileSync(source, "# edited\n");
  return { name: "the documented Makefile", words: ["make"], cwd: folder, before };
}

function uvAndZip(uv: string): Command {
  const folder = join(root, "uv");
  mkdirSync(folder);
  writeFileSync(join(folder, "requirements.txt"), requirements);
  const source = join(folder, "app.py");
  writeFileSync(source, "");
  const script = `rm -rf tree lambda.zip && "${uv}" pip install --quiet --python-platform x86_64-manylinux_2_28 --python-version 3.13 --only-binary :all: --target tree -r requirements.txt && cp app.py tree && cd tree && zip -q -X -9 -r ../lambda.zip .`;
  const env = {
    UV_CACHE_DIR: join(root, "uv-cache"),
    PATH: `${dirname(uv)}:${process.env["PATH"] ?? ""}`,
  };
  const before = (): void => appendFileSync(source, "# edited\n");
  return { name: "uv and zip -9", words: ["sh", "-c", script], cwd: folder, env, before };
}

function sam(): Command | undefined {
  if (spawnSync("sam", ["--version"]).status !== 0) return undefined;
  const folder = join(root, "sam");
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src/requirements.txt"), requirements);
  writeFileSync(join(folder, "src/app.py"), "");
  copyFileSync(
    resolve(import.meta.dirname, "support/sam-template.yaml"),
    join(folder, "template.yaml"),
  );
  const before = (): void => appendFileSync(join(folder, "src/app.py"), "# edited\n");
  return { name: "sam build --cached", words: ["sam", "build", "--cached"], cwd: folder, before };
}

function rowOf(other: Command, oursMs: number, goal: number): Row {
  // the first time fetches and builds everything
  timed(other);
  other.before?.();
  const otherMs = timed(other);
  const ratio = otherMs / oursMs;
  return {
    what: `L: edit → zip, ${other.name}`,
    value: `${ratio.toFixed(0)} ×`,
    against: `as long (${otherMs.toFixed(0)} against ${oursMs.toFixed(0)} ms)`,
    goal: `≥ ${goal}`,
    met: ratio >= goal,
  };
}

try {
  const { folder, env, edit } = packageSet("L");
  const ours = { name: "touchdown", words: [...command, "build"], cwd: folder, env, before: edit };
  const [oursMs = 0] = medians([ours], { rounds: 7 });
  const uv = await uvForTests();
  const rows = [rowOf(makefile(), oursMs, 100)];
  if (uv !== undefined) rows.push(rowOf(uvAndZip(uv.program), oursMs, 60));
  const withSam = sam();
  if (withSam !== undefined) rows.push(rowOf(withSam, oursMs, 4));
  printRows(rows);
  if (withSam === undefined) console.log("  sam is not installed: not compared");
} finally {
  rmSync(root, { recursive: true, force: true });
}
