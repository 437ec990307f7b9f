/** Events → lines a person reads: the same words on a terminal, in a log and in a plan. */
import type { Planned, Report } from "../../core/converge.ts";
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
  return `${paint.green(word)} ${event.name}${changes} ${paint.dim(seconds(event.elapsedMs))}`;
}

export function failedLine({ name, error }: Extract<Event, { type: "failed" }>): string {
  const hint = error.hint === undefined ? "" : `\n  ${error.hint.replaceAll("\n", "\n  ")}`;
  const message = error.message.startsWith(name) ? error.message : `${name}: ${error.message}`;
  return `${paint.red("failed")} ${message} ${paint.dim(`[${error.code}]`)}${hint}`;
}

export function skippedLine({ name, because }: Extract<Event, { type: "skipped" }>): string {
  return `${paint.yellow("not tried")} ${name} (${because})`;
}

/** `2 created, 1 updated, 3 unchanged; 14 AWS calls, 1.2 s`. */
export function summaryLine(summary: Summary, report: Report, planned: boolean): string {
  const say = (count: number, done: string, todo: string): string[] =>
    count === 0 ? [] : [planned ? `${count} ${todo}` : `${count} ${done}`];
  const parts = [
    ...say(summary.created, "created", "to create"),
    ...say(summary.updated, "updated", "to update"),
    ...say(
      planned ? report.planned.filter((each) => each.verdict === "delete").length : summary.deleted,
      "deleted",
      "to delete",
    ),
    ...say(summary.unchanged, "unchanged", "unchanged"),
    ...say(summary.failed, "failed", "failed"),
    ...say(report.skipped.length, "not tried", "not tried"),
  ];
  const calls = `${summary.apiCalls} AWS ${summary.apiCalls === 1 ? "call" : "calls"}`;
  const counts = parts.length === 0 ? "nothing" : parts.join(", ");
  return `${counts}; ${calls}, ${seconds(summary.elapsedMs)}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
