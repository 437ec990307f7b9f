import { toStdout } from "../output.ts";
import { durationMs } from "../duration.ts";
import { exitCodes } from "../exit.ts";
import type { Call } from "../option.ts";
import { paint } from "../render/paint.ts";
import { openFunctionSession } from "../session.ts";

/** The log on stdout, a line an event. */
export async function tail({ operands, values }: Call): Promise<number> {
  const [name = ""] = operands;
  const since = durationMs(values.text("since") ?? "10m", "--since");
  const { workspace, runtime, renderer } = await openFunctionSession(values);
  const { tailFunction } = await import("../../operations/functions.ts");
  const filter = values.text("filter");
  const lines = tailFunction(
    workspace,
    {
      name,
      sinceMs: runtime.clock.now() - since,
      follow: values.flag("follow"),
      ...(filter === undefined ? {} : { filter }),
    },
    runtime,
  );
  try {
    for await (const { timestamp, message } of lines) {
      const at = paint.dim(new Date(timestamp).toISOString());
      if (!toStdout(`${at} ${message.trimEnd()}\n`)) break;
    }
  } finally {
    renderer.end();
  }
  return runtime.signal.aborted ? exitCodes.interrupted : exitCodes.done;
}
