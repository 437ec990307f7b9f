import { plan as planGraph } from "../../core/converge.ts";
import { withNeeds } from "../../core/select.ts";
import { exitCodes, UsageError } from "../exit.ts";
import type { Call } from "../option.ts";
import { toStdout } from "../output.ts";
import { refreshOf } from "../refresh.ts";
import { exitCodeOfReport, writePlan, writeSummary, writeUndeclared } from "../report.ts";
import { retireOf } from "../retire.ts";
import { openSession } from "../session.ts";
import type { Values } from "../values.ts";

/** Read, compare, show; nothing is changed. */
export async function plan({ operands, values: given }: Call): Promise<number> {
  const format = formatOf(given);
  const values = format === "json" ? given.withFlag("json") : given;
  const refresh = refreshOf(values);
  const purpose = { making: true, names: operands };
  const { workspace, graph, named, runtime, renderer } = await openSession(values, purpose);
  const verbose = values.flag("verbose");
  const retire = retireOf(workspace, values, { verb: "plan", named: named !== undefined });
  const options = { runtime, showValues: values.flag("show-values"), ...refresh, ...retire };
  const report = await planGraph(withNeeds(graph, named), options).finally(() => renderer.end());
  if (format === "text") {
    writePlan(report.planned);
    writeUndeclared(report.undeclared, "plan");
  }
  if (format === "markdown") {
    const { markdownPlan } = await import("../render/markdown.ts");
    toStdout(markdownPlan(report));
  }
  writeSummary(report, false, { json: format === "json", verbose, quiet: format === "markdown" });
  const code = exitCodeOfReport(report);
  const changes = report.planned.some(({ verdict }) => verdict !== "unchanged");
  return code === exitCodes.done && changes && values.flag("detailed-exitcode")
    ? exitCodes.changes
    : code;
}

type Format = "text" | "markdown" | "json";

function formatOf(values: Values): Format {
  const json = values.flag("json");
  const format = values.text("format") ?? (json ? "json" : "text");
  if (format !== "text" && format !== "markdown" && format !== "json") {
    throw new UsageError(`--format takes text, markdown or json, got "${format}"`);
  }
  if (json && format !== "json") {
    throw new UsageError(`--json and --format ${format} exclude each other`);
  }
  if (format === "markdown" && values.flag("show-values")) {
    throw new UsageError(
      "--show-values and --format markdown exclude each other: a comment is no place for secrets",
    );
  }
  return format;
}
