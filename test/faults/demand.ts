/** What must hold of each run, and of the world after all of them; what does not, in words. */
import { TouchdownError } from "../../src/errors.ts";
import type { Cloud } from "./cloud.ts";
import type { Ran } from "./play.ts";
import type { Plot } from "./plots.ts";
import { isBearable } from "./schedule.ts";
import type { Round } from "./schedule.ts";

/** What is there, by kind and name. */
export type Seen = ReadonlyMap<string, string>;

/** Of any run: it ended in time, and said what happened. */
export function problemsOf(ran: Ran): readonly string[] {
  const { attempts, elapsedMs, said, report, thrown, declared = [] } = ran;
  if (said === "endless") {
    return [`a run did not end: ${attempts} attempts, ${elapsedMs / 1_000} s`];
  }
  if (said === "killed") return [];
  if (report === undefined) return problemsOfError(thrown, "the run");
  const { planned, failures, skipped } = report;
  const named = new Set([...planned, ...failures, ...skipped].map(({ name }) => name));
  const unsaid = declared.filter((name) => !named.has(name));
  return [
    ...failures.flatMap(({ error, name }) => problemsOfError(error, name)),
    // A destroy says nothing of what is not there.
    ...(ran.deed.verb !== "destroy" && unsaid.length > 0
      ? [`a run says nothing of ${unsaid.join(", ")}`]
      : []),
  ];
}

function problemsOfError(error: unknown, of: string): readonly string[] {
  if (!(error instanceof TouchdownError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`${of} failed by a fault of ours: ${text}`];
  }
  const good =
    error.message !== "" && !/undefined|\[object|Deserialization|UnknownError/u.test(error.message);
  return good ? [] : [`${of} failed, and says only: ${error.message}`];
}

/** Of those of a round: weather that passes ends none of them, and who holds a lock is alone. */
export function problemsOfRound(
  rans: readonly Ran[],
  { weather, beside }: Round,
  plot: Plot,
): readonly string[] {
  const lost = rans.some(({ lockLost }) => lockLost !== undefined);
  // whose lock was taken away by hand is no longer alone, and the later of two says so
  const refusals = [...(plot.refusals ?? []), ...(lost ? ["CHANGED_ELSEWHERE"] : [])];
  const gaveUp = rans.flatMap((ran, index) => {
    if (ran.said === "done" || !isBearable(index === 0 ? weather : beside.weather)) return [];
    const errors = errorsOf(ran).filter(({ code }) => !refusals.includes(code));
    if (errors.length === 0 && ran.said === "failed") return [];
    const said = errors.map(({ text }) => text).join("; ") || ran.said;
    return [`gave up in weather that passes: ${said}`];
  });
  return [...gaveUp, ...(lost ? [] : overlaps(rans))];
}

function errorsOf({ report, thrown }: Ran): readonly { code: string; text: string }[] {
  const failures = report?.failures ?? [{ name: "the run", error: thrown }];
  return failures.map(({ name, error }) => ({
    code: error instanceof TouchdownError ? error.code : "BUG",
    text: `${name}: ${error instanceof Error ? error.message : String(error)}`,
  }));
}

function overlaps(rans: readonly Ran[]): readonly string[] {
  const [one, other] = rans.flatMap(({ deed, changing }) =>
    deed.lock !== undefined && changing !== undefined ? [changing] : [],
  );
  if (one === undefined || other === undefined) return [];
  if (one.to < other.from || other.to < one.from) return [];
  return ["two runs changed something at the same time, in spite of the lock"];
}

/** Of one in fair weather, alone. */
export function problemsOfClean(ran: Ran): readonly string[] {
  const { report, thrown } = ran;
  const failures = report?.failures.map(({ name, error }) => `${name}: ${error.message}`) ?? [];
  return [
    ...problemsOf(ran),
    ...(report === undefined ? [`a clean run threw: ${String(thrown)}`] : []),
    ...failures.map((failure) => `a clean run failed: ${failure}`),
  ];
}

/** After all: nothing to do, and shown is only what stays. */
export function problemsOfPlan({ report, declared = [] }: Ran, { shown = [] }: Plot) {
  const changes = report?.planned.filter(({ verdict }) => verdict !== "unchanged") ?? [];
  const other = report?.undeclared.map(({ name }) => name).toSorted() ?? [];
  return [
    ...(report?.summary.unchanged === declared.length && changes.length === 0
      ? []
      : [`a plan is not empty: ${JSON.stringify(changes)}`]),
    ...(other.join() === shown.join() ? [] : [`a plan shows as undeclared: ${other.join(", ")}`]),
  ];
}

interface Past {
  readonly plot: Plot;
  readonly runs: readonly Ran[];
}

/** Of what is there to what is to be there. */
export function differences(wanted: Seen, cloud: Cloud, { plot, runs }: Past): readonly string[] {
  const found = cloud.contents();
  const vary = plot.versionsVary === true || brokenOff(runs, plot) > 0;
  const text = vary ? withoutVersions : (what: string) => what;
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((name) => {
    const [before, now] = [wanted.get(name), found.get(name)];
    if (before === undefined) return [`${name} is there`];
    if (now === undefined) return [`${name} is missing`];
    const [one, other] = [text(before), text(now)];
    return one === other
      ? []
      : [`${name} is ${cutAt(one, other)}, and was to be ${cutAt(other, one)}`];
  });
}

/** Where it begins to differ from another. */
function cutAt(other: string, text: string): string {
  let at = 0;
  while (text[at] === other[at]) at += 1;
  return `…${text.slice(Math.max(0, at - 60), at + 60)}…`;
}

/** Where it is chance how many there were before: only what is there now. */
function withoutVersions(what: string): string {
  const plain = what
    .replaceAll(/(:layer:[\w-]+):\d+"/gu, '$1:N"')
    .replace(/("touchdown:settled":")\d+ /u, "$1N ");
  const parsed = JSON.parse(plain) as unknown;
  if (Array.isArray(parsed)) {
    return JSON.stringify({ ...(parsed.at(-1) as object), Version: "N" });
  }
  return JSON.stringify({ ...(parsed as object), versions: "some" });
}

/** A run makes one version at most, and one that another makes too is left only by a run that ended before its time. */
export function leaks(cloud: Cloud, { plot, runs }: Past): readonly string[] {
  const later = plot.versionsVary === true ? runs.length : brokenOff(runs, plot);
  const most = plot.before.length + 1 + later;
  return [...cloud.versions()].flatMap(([name, count]) =>
    count > most ? [`${name} has ${count} versions, and may have ${most}`] : [],
  );
}

/** Of runs that have another beside them, how many could not finish what they began. */
function brokenOff(runs: readonly Ran[], plot: Plot): number {
  if (plot.during.every((deeds) => deeds.length === 1)) return 0;
  return runs.filter(
    (ran) =>
      ran.said !== "done" &&
      (ran.said !== "failed" ||
        errorsOf(ran).some(({ code }) => plot.refusals?.includes(code) !== true)),
  ).length;
}
