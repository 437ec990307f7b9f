/** How a run ended: its last lines, and its exit code. */
import { isTerminal, toStderr, toStdout } from "./output.ts";
import type { Planned, Report } from "../core/report.ts";
import { TouchdownError } from "../errors.ts";
import { exitCodes } from "./exit.ts";
import { errorText } from "./render/error-text.ts";
import { failedLine, plannedLines, summaryLine, undeclaredLine } from "./render/lines.ts";
import { asFailure } from "../core/walk.ts";

interface ReportOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  /** That there is nothing to do was said otherwise. */
  readonly quiet?: boolean;
}

/** Each resource with something to do, then its actions; to stdout, as it is what was asked for. */
export function writePlan(planned: readonly Planned[]): void {
  const todo = planned.filter(({ verdict }) => verdict !== "unchanged");
  const text = todo.map((each) => `${plannedLines(each).join("\n")}\n`).join("\n");
  toStdout(text === "" ? "" : `${text}\n`);
}

/** What the workspace owns and no longer declares, and how it would go; to stdout, as the plan. */
export function writeUndeclared(undeclared: Report["undeclared"], verb: string): void {
  const by = verb === "destroy" ? "destroy" : "apply";
  for (const each of undeclared) toStdout(`${undeclaredLine(each, by)}\n`);
}

/** The last lines of a run; with `--json` the events have said it all. */
export function writeSummary(
  report: Report,
  done: boolean,
  { json, verbose, quiet = false }: ReportOptions,
): void {
  for (const { error } of report.failures) {
    const bug = !(error instanceof TouchdownError);
    if (verbose || bug) toStderr(errorText(error, { verbose }));
  }
  if (json) return;
  const clean = report.failures.length === 0 && report.skipped.length === 0;
  if (clean && report.planned.every(({ verdict }) => verdict === "unchanged")) {
    if (!quiet) toStdout(`${nothingToDo(report.planned.length)}\n`);
    if (!verbose && !(isTerminal(2) && report.summary.apiCalls > 0)) return;
  }
  const { failures, planned, skipped } = report;
  if (planned.length + skipped.length > linesInSight) {
    for (const { error, ...of } of failures) {
      const { code, message } = asFailure(error);
      toStderr(`${failedLine({ type: "failed", ...of, error: { code, message } })}\n`);
    }
  }
  toStderr(`${summaryLine(report.summary, report, !done)}\n`);
  if (report.interrupted) toStderr("Interrupted: the same command again goes on from here.\n");
}

/** In a longer run, what failed may have left the screen: it is said once more. */
const linesInSight = 20;

function nothingToDo(count: number): string {
  if (count === 0) return "Nothing to do: nothing is declared, or nothing of it is there.";
  const are = count === 1 ? "resource is" : "resources are";
  return `Nothing to do: ${count} ${are} as declared.`;
}

export function exitCodeOfReport(report: Report): number {
  if (report.interrupted) return exitCodes.interrupted;
  if (report.failures.some(({ error }) => !(error instanceof TouchdownError))) return exitCodes.bug;
  const complete = report.failures.length === 0 && report.skipped.length === 0;
  return complete && !report.declined ? exitCodes.done : exitCodes.couldNot;
}
