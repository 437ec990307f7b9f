/** A plan as the comment of a pull request, in GitHub's Markdown. */
import type { Planned, Report } from "../../core/report.ts";
import type { Change, Verdict } from "../../core/events.ts";
import { codeText, plainText } from "./markdown-text.ts";

/** @source GitHub's answer to a longer comment: "body is too long (maximum is 65536 characters)" */
const mostCharacters = 65_536;

/** For the table, and so that there is always room to say what was left out. */
const mostOfTable = 40_000;
const reserve = 400;

/** What deletes or changes comes before what is new. */
const order: readonly Verdict[] = ["delete", "update", "pending", "create"];
const words = { create: "create", update: "update", delete: "delete", pending: "may change" };

/** @param planned  as `touchdown plan` found it: values of secrets are in none of its changes */
export function markdownPlan(report: MarkdownReport): string {
  const { planned, failures, skipped, undeclared } = report;
  const todo = order.flatMap((verdict) => planned.filter((each) => each.verdict === verdict));
  const unchanged = planned.length - todo.length;
  const text = new Limited(mostCharacters - reserve);
  text.add(`<!-- touchdown plan -->\n### touchdown plan: ${headline(todo, failures.length)}\n\n`);
  if (unchanged > 0)
    text.add(`${plural(unchanged, "resource is", "resources are")} as declared.\n\n`);
  const notSaid = text.addAll(failures.map(failureLine), mostOfTable / 4);
  const more = failures.length + skipped.length;
  if (notSaid > 0) text.add(`- and ${plural(notSaid, "more failure", "more failures")}\n`);
  if (more > 0) text.add("\n");
  if (skipped.length > 0) {
    text.add(
      `${plural(skipped.length, "resource was", "resources were")} not looked at because of that.\n\n`,
    );
  }
  if (todo.length > 0) addTodo(text, todo);
  if (todo.length > 0 && undeclared.length > 0) text.add("\n");
  if (undeclared.length > 0) addUndeclared(text, undeclared);
  return text.toString();
}

type MarkdownReport = Pick<Report, "planned" | "failures" | "skipped" | "undeclared">;

function headline(todo: readonly Planned[], failed: number): string {
  const counts = order.flatMap((verdict) => {
    const count = todo.filter((each) => each.verdict === verdict).length;
    if (count === 0) return [];
    return [verdict === "pending" ? `${count} may change` : `${count} to ${verdict}`];
  });
  if (failed > 0) counts.push(`${failed} failed`);
  return counts.length === 0 ? "nothing to do" : counts.join(", ");
}

function addTodo(text: Limited, todo: readonly Planned[]): void {
  text.add("| to do | resource | what |\n| --- | --- | --- |\n");
  const rows = todo.map((each) =>
    row([verdictWord(each), codeText(each.name), inShort(each.changes)]),
  );
  const rowsLeft = text.addAll(rows, mostOfTable);
  if (rowsLeft > 0) {
    text.add(
      `\nThe table leaves out ${plural(rowsLeft, "resource", "resources")}: \`touchdown plan\` shows all.\n`,
    );
  }
  const detailed = todo.filter(({ changes }) => changes.some((change) => change.kind !== "action"));
  if (detailed.length === 0) return;
  text.add("\n<details>\n<summary>Field by field</summary>\n\n");
  const left = text.addAll(detailed.map(detailsOf), mostCharacters);
  if (left > 0) {
    text.add(
      `The fields of ${plural(left, "resource", "resources")} are left out, as GitHub takes no longer comment: \`touchdown plan\` shows all.\n\n`,
    );
  }
  text.add("</details>\n");
}

/** Nothing of this plan: `apply --prune` would delete it. */
function addUndeclared(text: Limited, undeclared: MarkdownReport["undeclared"]): void {
  text.add(
    "No longer declared, and still there (`touchdown apply --prune` deletes what may go):\n\n",
  );
  const lines = undeclared.map(
    ({ name, kept, holds }) =>
      `- ${codeText(name)}${kept === undefined ? "" : `: ${plainText(kept)}`}${holds === undefined ? "" : "; `--prune-data` deletes it too"}\n`,
  );
  const left = text.addAll(lines, mostCharacters);
  if (left > 0) text.add(`- and ${left} more\n`);
}

function verdictWord({ verdict }: Planned): string {
  return verdict === "unchanged" ? "" : words[verdict];
}

/** The first few things that change, by name. */
function inShort(changes: readonly Change[]): string {
  const named = changes
    .filter(({ field, action }) => field !== "create" && action !== "delete")
    .map(({ field, action }) =>
      action === undefined ? codeText(field) : plainText(action.replace(/^delete: /u, "")),
    );
  const more = named.length - 6;
  return [...named.slice(0, 6), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function detailsOf({ name, verdict, changes }: Planned): string {
  const fields = changes.filter(({ kind }) => kind !== "action");
  const rows = fields.map((change) => row([codeText(change.field), ...valuesOf(change)]));
  const word = verdict === "unchanged" ? "" : words[verdict];
  return `**${word} ${codeText(name)}**\n\n| field | is | will be |\n| --- | --- | --- |\n${rows.join("")}\n`;
}

function valuesOf({ kind, old, new: now, secret, needs = [] }: Change): readonly [string, string] {
  if (secret === true && old === undefined && now === undefined) return ["", `${kind}, not shown`];
  const waits = needs.length === 0 ? "" : `: needs ${needs.map(codeText).join(", ")}`;
  const before = old === undefined ? "" : codeText(old);
  if (kind === "pending") return [before, `not known yet${waits}`];
  if (now !== undefined) return [before, codeText(now)];
  return [before, kind === "removed" ? "default" : kind];
}

function failureLine({ name, error }: MarkdownReport["failures"][number]): string {
  return `- failed: ${codeText(name)} ${plainText(error.message)}\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Text that is never longer than it may be. */
class Limited {
  readonly #most: number;
  readonly #parts: string[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** What is short and has to be said: the room that is reserved is for it. */
  add(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  /** As many whole pieces as there is room for, in order. @returns how many are left out */
  addAll(pieces: readonly string[], upTo: number): number {
    for (const [index, piece] of pieces.entries()) {
      if (this.#length + piece.length > Math.min(upTo, this.#most)) return pieces.length - index;
      this.add(piece);
    }
    return 0;
  }

  toString(): string {
    return this.#parts.join("");
  }
}
