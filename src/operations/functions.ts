/** What can be done with a function that is deployed: call it, read its log. */
import { openContext } from "../aws/context.ts";
import { deployedCode } from "../aws/lambda/deployed-code.ts";
import type { DeployedCode } from "../aws/lambda/deployed-code.ts";
import { invoke } from "../aws/lambda/invoke.ts";
import type { InvocationResult } from "../aws/lambda/invoke.ts";
import { tail } from "../aws/logs/tail.ts";
import type { LogEvent } from "../aws/logs/tail.ts";
import type { Runtime } from "../core/runtime.ts";
import type { Workspace } from "../workspace.ts";

interface OfFunction {
  /** As declared, with its place where it is in several, or as AWS knows it. */
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
  { name: named, payload, qualifier }: InvokeOptions,
  runtime: Runtime,
): Promise<InvocationResult> {
  const { name, settings } = workspace.functionOf(named);
  return invoke(await openContext(settings, runtime), {
    name,
    payload: new TextEncoder().encode(payload),
    ...(qualifier === undefined ? {} : { qualifier }),
  });
}

/** What a deployed function's zip holds; undefined if there is no such function. */
export async function functionCode(
  workspace: Workspace,
  { name: named }: OfFunction,
  runtime: Runtime,
): Promise<DeployedCode | undefined> {
  const { name, settings } = workspace.functionOf(named);
  return deployedCode(await openContext(settings, runtime), name);
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
  { name: named, sinceMs, filter, follow }: TailOptions,
  runtime: Runtime,
): AsyncIterable<LogEvent> {
  const { name, settings } = workspace.functionOf(named);
  yield* tail(await openContext(settings, runtime), {
    group: `/aws/lambda/${name}`,
    sinceMs,
    follow,
    signal: runtime.signal,
    ...(filter === undefined ? {} : { filter }),
  });
}
