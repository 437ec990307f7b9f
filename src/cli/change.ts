/** What apply and destroy share: show what is to be done, ask, do it, say how it ended. */
import { toStderr } from "./output.ts";
import type { Confirmable, Planned, Report, RunOptions } from "../core/converge.ts";
import type { Graph, Node } from "../core/graph.ts";
import { ask, requireAnswer } from "./confirm.ts";
import type { Answer } from "./confirm.ts";
import { exitCodes } from "./exit.ts";
import type { Call } from "./option.ts";
import { refreshOf } from "./refresh.ts";
import { exitCodeOfReport, writePlan, writeSummary } from "./report.ts";
import { openSession } from "./session.ts";

interface Change {
  readonly verb: "apply" | "destroy";
  /** What a person is asked, from what is to be done. */
  readonly question: (planned: readonly Planned[]) => string;
  readonly run: (
    graph: Graph,
    options: RunOptions & Confirmable,
    named: ReadonlySet<Node> | undefined,
  ) => Promise<Report>;
}

export async function runChange({ operands, values }: Call, change: Change): Promise<number> {
  const json = values.flag("json");
  const verbose = values.flag("verbose");
  const yes = values.flag("yes");
  requireAnswer(change.verb, yes);
  const refresh = refreshOf(values);
  const { graph, named, runtime, renderer } = await openSession(values, {
    making: change.verb !== "destroy",
    names: operands,
  });
  let answer: Answer | undefined;
  const confirm = async (planned: readonly Planned[]): Promise<boolean> => {
    renderer.pause();
    if (!json) writePlan(planned);
    answer = await ask(change.question(planned), runtime.signal);
    return answer === "yes";
  };
  const options = {
    runtime,
    showValues: values.flag("show-values"),
    ...refresh,
    ...(yes ? {} : { confirm }),
  };
  const report = await change.run(graph, options, named).finally(() => renderer.end());
  if (report.declined) toStderr("Nothing was changed.\n");
  else writeSummary(report, true, { json, verbose });
  return answer === "interrupted" ? exitCodes.interrupted : exitCodeOfReport(report);
}
