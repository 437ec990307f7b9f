/** Whether a command should run: its looks, which change nothing. */
import { TouchdownError } from "../errors.ts";
import { masked } from "./command-step.ts";
import type { CommandStep } from "./command-step.ts";
import type { StepContext } from "./step-context.ts";
import { isRemembered, watchedHash } from "./watched.ts";

export type Reason = "always" | "cutShort" | "watches" | "creates" | "unless" | "onlyIf";

/** Why it should run, or `undefined`. @throws COMMAND_LOOK, FILE_MISSING */
export async function reasonToRun(
  context: StepContext,
  step: CommandStep,
): Promise<Reason | undefined> {
  if (step.onlyIf !== undefined && !(await ask(context, step, "onlyIf"))) return undefined;
  if (context.alwaysApply) return "always";
  if (await context.target.wasCutShort(step.key)) return "cutShort";
  if (step.watches !== undefined && (await watchedChanged(context, step))) return "watches";
  if (step.creates === undefined && step.unless === undefined) {
    if (step.watches !== undefined) return undefined;
    return step.onlyIf === undefined ? "always" : "onlyIf";
  }
  return unsatisfied(context, step);
}

/** After it ran: what would make the next run run it again, as a clause. */
export async function stillDue(
  context: StepContext,
  step: CommandStep,
): Promise<string | undefined> {
  const reason = await unsatisfied(context, step);
  if (reason === "creates") return `${step.creates ?? ""} is still not there`;
  return reason === undefined ? undefined : "its unless is still not satisfied";
}

/** Either of `creates` and `unless` is enough not to run. */
async function unsatisfied(
  context: StepContext,
  step: CommandStep,
): Promise<"creates" | "unless" | undefined> {
  const { creates, unless } = step;
  if (creates !== undefined && (await context.target.stat(creates)) !== undefined) return undefined;
  if (unless !== undefined) return (await ask(context, step, "unless")) ? undefined : "unless";
  return creates === undefined ? undefined : "creates";
}

async function watchedChanged({ target }: StepContext, step: CommandStep): Promise<boolean> {
  return !(await isRemembered(step.key, await watchedHash(target, step.watches ?? [])));
}

/** Exit codes by which `sh` says that it could not start a program. */
const notExecutable = 126;
const notFound = 127;

/**
 * Whether the look ended with exit code 0. One that could not be made says nothing.
 *
 * @throws COMMAND_LOOK, COMMAND_FOLDER, COMMAND_NOT_FOUND, COMMAND_NOT_STARTED, COMMAND_TIMEOUT
 */
async function ask(
  { target }: StepContext,
  step: CommandStep,
  which: "unless" | "onlyIf",
): Promise<boolean> {
  const { exitCode, signal, stderr } = await target.run(step[which] ?? [], step.settings);
  if (signal === undefined && exitCode !== notExecutable && exitCode !== notFound)
    return exitCode === 0;
  const said = masked(stderr, step).trim().split("\n").at(-1) ?? "";
  const why = signal === undefined ? said || `exit code ${exitCode}` : `it was ended by ${signal}`;
  const hint = "to ask whether a program is there, use command -v";
  throw new TouchdownError(
    "COMMAND_LOOK",
    `${which} of ${step.label} could not be asked: ${why}`,
    exitCode === notFound ? { hint } : {},
  );
}
