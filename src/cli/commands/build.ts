import { toStderr, toStdout } from "../output.ts";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BuiltPackage, Builds } from "../../operations/packages.ts";
import { bytesText } from "../bytes-text.ts";
import { exitCodes } from "../exit.ts";
import type { Call } from "../option.ts";
import { paint } from "../render/paint.ts";
import { exitCodeOfReport } from "../report.ts";
import { openSession } from "../session.ts";

/** Path, size and sha256 on stdout; why, on stderr. */
export async function build({ operands, values }: Call): Promise<number> {
  const { graph, runtime, renderer } = await openSession(values, {
    making: true,
    jsonEvents: false,
  });
  const { buildPackages } = await import("../../operations/packages.ts");
  const check = values.flag("check");
  const run = buildPackages(graph, { runtime, names: operands, check });
  const builds = await run.finally(() => renderer.end());
  const out = values.text("out");
  const built = out === undefined ? builds.built : await copied(builds.built, resolve(out), check);
  if (values.flag("json")) for (const each of built) toStdout(jsonLine(each));
  else toStdout(built.map(textLine).join(""));
  say(builds, check, values.flag("verbose"));
  const code = exitCodeOfReport(builds.report);
  const differs = builds.outdated.length > 0 || builds.built.some(({ compiled }) => compiled);
  return code === exitCodes.done && check && differs ? exitCodes.couldNot : code;
}

function jsonLine(built: BuiltPackage): string {
  return `${JSON.stringify({ ...built, title: undefined })}\n`;
}

function textLine({ name, path, size, sha256 }: BuiltPackage): string {
  return `${paint.bold(name)}  ${path}  ${bytesText(size)}  sha256 ${sha256}\n`;
}

function say({ built, waiting, outdated }: Builds, check: boolean, verbose: boolean): void {
  const lines = [
    ...(check ? outdated : []).map(({ title, reason }) => `${title} would be built: ${reason}`),
    ...built.filter((each) => check || each.built).flatMap(compiledLine),
    ...waiting.map(({ title, reason }) => `${title} waits: it ${reason}, and is built by apply`),
  ];
  const unchanged = built.filter((each) => !each.built).length;
  if (verbose || unchanged === built.length) lines.push(...unchangedText(unchanged));
  if (lines.length > 0) toStderr(`${lines.join("\n")}\n`);
}

function compiledLine({ title, compiled }: BuiltPackage): readonly string[] {
  if (compiled === undefined) return [];
  return [
    `${title} has what was compiled on this machine, and may come out differently on another: ${compiled.join(", ")}`,
  ];
}

function unchangedText(count: number): readonly string[] {
  if (count === 0) return [];
  return [
    `Nothing to build: ${count === 1 ? "1 package is" : `${count} packages are`} as declared.`,
  ];
}

/** Where a zip is there already with the same bytes, nothing is written. */
async function copied(
  built: readonly BuiltPackage[],
  folder: string,
  check: boolean,
): Promise<readonly BuiltPackage[]> {
  const { copyIfDifferent } = await import("../../host/copy.ts");
  if (!check) await mkdir(folder, { recursive: true });
  const placed: BuiltPackage[] = [];
  for (const each of built) {
    const path = join(folder, `${each.name.replaceAll(" ", "-")}.zip`);
    if (!check) await copyIfDifferent(each.path, path, { sha256: each.sha256 });
    placed.push({ ...each, path });
  }
  return placed;
}
