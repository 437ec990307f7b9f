/** What every step of a bundle calls. */
import type { Runtime } from "../core/runtime.ts";
import type { Target } from "./target.ts";

export interface StepContext {
  readonly target: Target;
  readonly runtime: Runtime;
  /** Commands run whatever their looks say. */
  readonly alwaysApply: boolean;
  /** Names of the commands that ran in this run. */
  readonly ran: Set<string>;
  /** By an output's name: the steps that should make it, in order. */
  readonly makers: ReadonlyMap<string, readonly string[]>;
}
