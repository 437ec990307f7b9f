/** What can be done with a function that is deployed: call it, read its log. */
import { openContext } from "../aws/context.ts";
import type { AwsContext } from "../aws/context.ts";
import { deployedCode } from "../aws/lambda/deployed-code.ts";
import type { DeployedCode } from "../aws/lambda/deployed-code.ts";
import { invoke } from "../aws/lambda/invoke.ts";
import type { InvocationResult } from "../aws/lambda/invoke.ts";
import { tail } from "../aws/logs/tail.ts";
import type { LogEvent } from "../aws/logs/tail.ts";
import type { Runtime } from "../core/runtime.ts";
import type { Workspace } from "../workspace.ts";

interface OfFunction {
  /** As declared, or as AWS knows it. */
  readonly name: string;
}

export interface InvokeOptions extends OfFunction {
  /** JSON. */
  readonly payload: string;
  /** A version or an alias; default `$LATEST`. */
  readonly qualifier?: string;
}

/** Call a function and wait for its answer. */
export async function invokeFunction(
  workspace: Workspace,
  { name, payload, qualifier }: InvokeOptions,
  runtime: Runtime,
): Promise<InvocationResult> {
  return invoke(await contextOf(workspace, name, runtime), {
    name,
    payload: new TextEncoder().encode(payload),
    ...(qualifier === undefined ? {} : { qualifier }),
  });
}

/** What a deployed function's zip holds; undefined if there is no such function. */
export async function functionCode(
  workspace: Workspace,
  { name }: OfFunction,
  runtime: Runtime,
): Promise<DeployedCode | undefined> {
  return deployedCode(await contextOf(workspace, name, runtime), name);
}

export interface TailOptions extends OfFunction {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** CloudWatch Logs' pattern syntax. */
  readonly filter?: string;
  /** Go on until the runtime's signal is aborted. */
  readonly follow: boolean;
}

/** A function's log, oldest first. */
export async function* tailFunction(
  workspace: Workspace,
  { name, sinceMs, filter, follow }: TailOptions,
  runtime: Runtime,
): AsyncIterable<LogEvent> {
  yield* tail(await contextOf(workspace, name, runtime), {
    group: `/aws/lambda/${name}`,
    sinceMs,
    follow,
    signal: runtime.signal,
    ...(filter === undefined ? {} : { filter }),
  });
}

/** The account and region that a function is declared in. */
function contextOf(workspace: Workspace, name: string, runtime: Runtime): Promise<AwsContext> {
  return openContext(workspace.settingsOf(name), runtime);
}
