/** What apply and destroy share: show what is to be done, ask, do it, say how it ended. */
import { toStderr } from "./output.ts";
import type { Confirmable, RunOptions } from "../core/converge.ts";
import type { Planned, Report } from "../core/report.ts";
import type { Graph, Node } from "../core/graph.ts";
import { ask, requireAnswer } from "./confirm.ts";
import type { Answer } from "./confirm.ts";
import { exitCodes, UsageError } from "./exit.ts";
import type { Call } from "./option.ts";
import { errorText } from "./render/error-text.ts";
import { paint } from "./render/paint.ts";
import { refreshOf } from "./refresh.ts";
import { exitCodeOfReport, writePlan, writeSummary, writeUndeclared } from "./report.ts";
import { retireOf } from "./retire.ts";
import { openSession } from "./session.ts";
import { underLock } from "./under-lock.ts";
import type { Values } from "./values.ts";

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
  const atMostMs = lockTimeoutOf(values);
  const { workspace, graph, named, runtime, renderer } = await openSession(values, {
    making: change.verb !== "destroy",
    names: operands,
  });
  const command = ["touchdown", change.verb, ...operands].join(" ");
  const begin = async () => ({
    retire: retireOf(workspace, values, { verb: change.verb, named: named !== undefined }),
    lock: await underLock(workspace, { command, atMostMs }, runtime),
  });
  const { retire, lock } = await begin().catch((error: unknown) => {
    renderer.end();
    throw error;
  });
  let answer: Answer | undefined;
  const confirm = async (planned: readonly Planned[]): Promise<boolean> => {
    renderer.pause();
    if (!json) writePlan(planned);
    answer = await ask(change.question(planned), lock.runtime.signal);
    return answer === "yes";
  };
  const options = {
    runtime: lock.runtime,
    showValues: values.flag("show-values"),
    ...refresh,
    ...retire,
    ...(yes ? {} : { confirm }),
  };
  const run = async (): Promise<Report> => {
    try {
      return await change.run(graph, options, named);
    } finally {
      const said = await lock.end();
      renderer.end();
      if (said !== undefined) toStderr(`${paint.yellow("warning")} ${said}\n`);
    }
  };
  const report = lock.counted(await run());
  // With --prune, each that stays was said to stay.
  if (!json && !values.flag("prune")) writeUndeclared(report.undeclared, change.verb);
  if (report.declined) toStderr("Nothing was changed.\n");
  else writeSummary(report, true, { json, verbose });
  const lost = lock.lost();
  if (lost !== undefined) {
    toStderr(errorText(lost, { verbose }));
    return exitCodes.couldNot;
  }
  return answer === "interrupted" ? exitCodes.interrupted : exitCodeOfReport(report);
}

/** `--lock-timeout`, in milliseconds. @throws USAGE */
function lockTimeoutOf(values: Values): number {
  const text = values.text("lock-timeout") ?? "0";
  const [seconds] = /^\d{1,6}$/u.exec(text) ?? [];
  if (seconds === undefined) {
    throw new UsageError(`--lock-timeout takes whole seconds, such as 600, got "${text}"`);
  }
  return Number(seconds) * 1_000;
}
