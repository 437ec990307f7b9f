/** From one edited source line to a zip with its sha256, against the physical limit and what people do today. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compared, peakMegabytes, printRows, timed } from "./support/measure.ts";
import type { Row } from "./support/measure.ts";
import { command, packageSet } from "./support/package-sets.ts";
import type { SetName } from "./support/package-sets.ts";

const goals = { S: 1.5, M: 1.25, L: 1.25 } as const;
const limit = resolve(import.meta.dirname, "support/limit.mjs");
const scratch = mkdtempSync(join(tmpdir(), "touchdown-bench-"));

/** The copying alone, without Node's start. */
function limitMs(wheels: readonly string[]): number {
  const words = [limit, join(scratch, "limit.zip"), ...wheels];
  return Number(spawnSync(process.execPath, words, { encoding: "utf8" }).stdout);
}

function rowsOf(name: SetName): readonly Row[] {
  const { folder, env, wheels, edit } = packageSet(name);
  const build = { name: "build", words: [...command, "build"], cwd: folder, env };
  const empty = { name: "empty", words: [process.execPath, "-e", "0"] };
  const { oursMs, theirsMs, ratio } = compared(
    Array.from({ length: 15 }, () => {
      edit();
      return { oursMs: timed(build), theirsMs: timed(empty) + limitMs(wheels) };
    }),
  );
  edit();
  const peak = peakMegabytes(build);
  return [
    {
      what: `${name}: edit → zip`,
      value: `${ratio.toFixed(2)} ×`,
      against: `limit and an empty Node (${oursMs.toFixed(0)} against ${theirsMs.toFixed(0)} ms)`,
      goal: `≤ ${goals[name]}`,
      met: ratio <= goals[name],
    },
    {
      what: `${name}: peak memory of it`,
      value: `${peak.toFixed(0)} MB`,
      against: "",
      goal: "≤ 150 MB",
      met: peak <= 150,
    },
  ];
}

try {
  printRows((["S", "M", "L"] as const).flatMap(rowsOf));
} finally {
  rmSync(scratch, { recursive: true });
}
