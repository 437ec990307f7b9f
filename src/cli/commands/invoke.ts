import { toStderr, toStdout } from "../output.ts";
import type { Runtime } from "../../core/runtime.ts";
import type { Workspace } from "../../index.ts";
import { eventPayload } from "../event-payload.ts";
import { exitCodes } from "../exit.ts";
import type { Call } from "../option.ts";
import { paint } from "../render/paint.ts";
import { openFunctionSession } from "../session.ts";

/** Answer on stdout; log, duration and failure on stderr. */
export async function invoke({ operands, values }: Call): Promise<number> {
  const [name = ""] = operands;
  const payload = await eventPayload(values.text("event"));
  const { workspace, runtime, renderer } = await openFunctionSession(values);
  const { invokeFunction } = await import("../../operations/functions.ts");
  const qualifier = values.text("qualifier");
  const started = runtime.clock.now();
  try {
    if (values.flag("local")) await refuseUnlessItRunsHere(name, workspace, runtime);
    const answer = await invokeFunction(
      workspace,
      { name, payload, ...(qualifier === undefined ? {} : { qualifier }) },
      runtime,
    );
    const elapsedMs = Math.round(answer.report?.durationMs ?? runtime.clock.now() - started);
    renderer.end();
    if (answer.logTail !== "") toStderr(`${answer.logTail.trimEnd()}\n`);
    toStdout(`${new TextDecoder().decode(answer.payload)}\n`);
    const failed = answer.functionError !== undefined;
    const outcome = failed ? paint.red(`the function failed: ${answer.functionError}`) : "answered";
    toStderr(`${outcome} ${paint.dim(`in ${elapsedMs} ms`)}\n`);
    return failed ? exitCodes.couldNot : exitCodes.done;
  } finally {
    renderer.end();
  }
}

/** Before the call: the AWS on this machine would answer with an invented result or a puzzling error. */
async function refuseUnlessItRunsHere(
  name: string,
  workspace: Workspace,
  runtime: Runtime,
): Promise<void> {
  const { functionCode } = await import("../../operations/functions.ts");
  const { localStatus } = await import("../../local/server.ts");
  const { refuseUnsupported } = await import("../../local/refuse-unsupported.ts");
  const [code, local] = await Promise.all([
    functionCode(workspace, { name }, runtime),
    localStatus(),
  ]);
  if (code === undefined || !local.running) return;
  const files = code.entries.filter(({ type }) => type === "file");
  refuseUnsupported(
    code.runtime,
    files.map(({ path }) => path),
    local,
  );
}
