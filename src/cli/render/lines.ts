/** Events → lines a person reads: the same words on a terminal, in a log and in a plan. */
import type { Planned, Report } from "../../core/report.ts";
import type { Change, Event, Summary } from "../../core/events.ts";
import { paint } from "./paint.ts";

/** `function f`, then a line for each thing to do. */
export function plannedLines({ name, changes }: Pick<Planned, "name" | "changes">): string[] {
  return [paint.bold(name), ...changes.map((change) => bullet(changeText(change)))];
}

function bullet(text: string): string {
  return `  * ${text}`;
}

/** `timeout: 3 → 30`; `environment.FOO: added`; `upload code (sha256 3f2a… → 91bc…)`. */
export function changeText(change: Change): string {
  if (change.kind === "action") return `${change.action ?? change.field}${needsText(change)}`;
  if (change.kind === "pending") return pendingText(change);
  const values = valuesText(change);
  if (change.action !== undefined) {
    return values === undefined ? change.action : `${change.action} (${values})`;
  }
  return `${change.field}: ${values ?? change.kind}`;
}

function needsText({ needs = [] }: Change): string {
  return needs.length === 0 ? "" : paint.dim(` (needs ${needs.join(", ")})`);
}

function pendingText(change: Change): string {
  const { action, field } = change;
  const waits = needsText(change);
  if (action === undefined) return paint.dim(`${field}: not known yet${waits}`);
  return paint.dim(`${action.startsWith("may ") ? action : `may ${action}`}${waits}`);
}

function valuesText({ old, new: now }: Change): string | undefined {
  if (old === undefined) return now === undefined ? undefined : paint.green(now);
  if (now === undefined) return `${paint.red(old)} → ${paint.dim("default")}`;
  return `${paint.red(old)} → ${paint.green(now)}`;
}

/** The line a resource leaves when it is done: `created  queue jobs  0.4 s`. */
export function doneLine(event: Extract<Event, { type: "finished" }>): string {
  const words = { create: "created", update: "updated", delete: "deleted" } as const;
  const word = words[event.verdict as keyof typeof words] ?? event.verdict;
  const changes = event.verdict === "update" ? `: ${event.changes.map(changeText).join("; ")}` : "";
  return `${paint.green(word)} ${event.name}${changes} ${paint.dim(duration(event.elapsedMs))}`;
}

export function failedLine({ name, error }: Extract<Event, { type: "failed" }>): string {
  const hint = error.hint === undefined ? "" : `\n  ${error.hint.replaceAll("\n", "\n  ")}`;
  const message = error.message.startsWith(name) ? error.message : `${name}: ${error.message}`;
  return `${paint.red("failed")} ${message} ${paint.dim(`[${error.code}]`)}${hint}`;
}

export function skippedLine({ name, because }: Extract<Event, { type: "skipped" }>): string {
  return `${paint.yellow("not tried")} ${name} (${because})`;
}

/** `no longer declared: queue old (touchdown apply --prune deletes it)`. */
export function undeclaredLine(
  { name, kept, holds }: Report["undeclared"][number],
  verb: "apply" | "destroy",
): string {
  const flags = holds === undefined ? "--prune" : "--prune --prune-data";
  const deletes = `touchdown ${verb} ${flags} deletes it`;
  const why = kept === undefined ? [] : [kept];
  const then = kept === undefined || holds !== undefined ? [deletes] : ["and it stays"];
  return `no longer declared: ${name} ${paint.dim(`(${[...why, ...then].join(", ")})`)}`;
}

/** `2 created, 1 updated, 3 unchanged; 14 AWS calls, 1.2 s`; `14 AWS calls, throttled 3 times, 8 s`. */
export function summaryLine(summary: Summary, report: Report, planned: boolean): string {
  const deletes = report.planned.filter((each) => each.verdict === "delete").length;
  const counts = [
    [summary.created, planned ? "to create" : "created", paint.green],
    [summary.updated, planned ? "to update" : "updated", paint.yellow],
    [planned ? deletes : summary.deleted, planned ? "to delete" : "deleted", paint.red],
    [summary.unchanged, "unchanged", paint.dim],
    [summary.failed, "failed", paint.red],
    [report.skipped.length, "not tried", paint.yellow],
  ] as const;
  const parts = counts.flatMap(([count, word, colour]) =>
    count === 0 ? [] : [colour(`${count} ${word}`)],
  );
  const calls = `${summary.apiCalls} AWS ${summary.apiCalls === 1 ? "call" : "calls"}`;
  const said = parts.length === 0 ? "nothing" : parts.join(", ");
  const { throttled, elapsedMs } = summary;
  const slowed = throttled === 0 ? "" : `, throttled ${timesText(throttled)}`;
  return `${said}; ${paint.dim(`${calls}${slowed}, ${duration(elapsedMs)}`)}`;
}

export function timesText(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

/** `1.2 s`; from two minutes on `2 min 5 s`. */
export function duration(
  ms: number,
  { decimals = 1 }: { readonly decimals?: number } = {},
): string {
  if (ms < 119_950) return `${(ms / 1_000).toFixed(decimals)} s`;
  const whole = Math.round(ms / 1_000);
  const rest = whole % 60 === 0 ? "" : ` ${whole % 60} s`;
  return `${Math.floor(whole / 60)} min${rest}`;
}
