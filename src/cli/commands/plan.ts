import { plan as planGraph } from "../../core/converge.ts";
import { exitCodes } from "../exit.ts";
import type { Call } from "../option.ts";
import { refreshOf } from "../refresh.ts";
import { exitCodeOfReport, writePlan, writeSummary } from "../report.ts";
import { openSession } from "../session.ts";

/** Read, compare, show; nothing is changed. */
export async function plan({ values }: Call): Promise<number> {
  const refresh = refreshOf(values);
  const { graph, runtime, renderer } = await openSession(values, { making: true });
  const json = values.flag("json");
  const verbose = values.flag("verbose");
  const options = { runtime, showValues: values.flag("show-values"), ...refresh };
  const report = await planGraph(graph, options).finally(() => renderer.end());
  if (!json) writePlan(report.planned);
  writeSummary(report, false, { json, verbose });
  const code = exitCodeOfReport(report);
  const changes = report.planned.some(({ verdict }) => verdict !== "unchanged");
  return code === exitCodes.done && changes && values.flag("detailed-exitcode")
    ? exitCodes.changes
    : code;
}
