import { toStderr, toStdout } from "../output.ts";
import { join, resolve } from "node:path";
import type { BuiltPackage, Builds, UnbuiltPackage } from "../../operations/packages.ts";
import type { Graph } from "../../core/graph.ts";
import type { Runtime } from "../../core/runtime.ts";
import { makeFolder } from "../../host/dirs.ts";
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
  const out = values.text("out");
  const run = async (): Promise<Builds> => {
    if (out !== undefined && !check) makeFolder(resolve(out), { hint: "name a folder with --out" });
    return buildPackages(graph, { runtime, names: operands, check });
  };
  const builds = await run().finally(() => renderer.end());
  const built = out === undefined ? builds.built : await copied(builds.built, resolve(out), check);
  const unbuilt = [...(check ? builds.outdated : []), ...builds.waiting];
  if (values.flag("json")) for (const each of [...built, ...unbuilt]) toStdout(jsonLine(each));
  else toStdout(built.map(textLine).join(""));
  say(builds, check, values.flag("verbose"));
  const stale = check ? await staleLocks(graph, { runtime, waiting: builds.waiting }) : [];
  for (const line of stale) toStderr(`${line}\n`);
  const code = exitCodeOfReport(builds.report);
  const differs =
    builds.outdated.length > 0 ||
    stale.length > 0 ||
    builds.built.some(({ compiled }) => compiled !== undefined);
  return code === exitCodes.done && check && differs ? exitCodes.couldNot : code;
}

/** Of packages that wait nothing else is looked at. */
async function staleLocks(
  graph: Graph,
  { runtime, waiting }: { runtime: Runtime; waiting: readonly UnbuiltPackage[] },
): Promise<readonly string[]> {
  if (waiting.length === 0) return [];
  const { lockPackages } = await import("../../operations/locks.ts");
  const names = waiting.map(({ title }) => title);
  const locks = await lockPackages(graph, { runtime, names, check: true });
  return locks.flatMap(({ name, what, current }) => (current ? [] : [`${name}: ${what}`]));
}

/** Of one that is not built, its name and why. */
function jsonLine(each: BuiltPackage | UnbuiltPackage): string {
  const built = "built" in each && each.built;
  return `${JSON.stringify({ ...each, built, title: undefined })}\n`;
}

function textLine({ name, path, size, sha256 }: BuiltPackage): string {
  return `${paint.bold(name)}  ${path}  ${bytesText(size)}  sha256 ${sha256}\n`;
}

function say({ built, waiting, outdated, report }: Builds, check: boolean, verbose: boolean): void {
  const lines = [
    ...(check ? outdated : []).map(({ title, reason }) => `${title} would be built: ${reason}`),
    ...built.filter((each) => check || each.built).flatMap(compiledLine),
    ...waiting.map(({ title, reason }) => `${title} waits: it ${reason}, and is built by apply`),
  ];
  const unchanged = built.filter((each) => !each.built).length;
  const idle = unchanged === built.length && !(check && outdated.length > 0);
  if (verbose || idle) lines.push(...unchangedText(unchanged));
  if (built.length + waiting.length + outdated.length + report.failures.length === 0)
    lines.push("Nothing to build: the Touchdownfile has no packages.");
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
  const placed: BuiltPackage[] = [];
  for (const each of built) {
    const path = join(folder, `${each.name.replaceAll(" ", "-")}.zip`);
    if (!check) await copyIfDifferent(each.path, path, { sha256: each.sha256 });
    placed.push({ ...each, path });
  }
  return placed;
}
