/** touchdown's public API: what a Touchdownfile imports, and what drives it from a program. */
export type { AwsAccount } from "./aws/account.ts";
export type { AccountOptions, AccountOverrides } from "./aws/account-options.ts";
export type { Artifact } from "./core/artifact.ts";
export { apply, plan } from "./core/converge.ts";
export type { Planned, Report, RunOptions } from "./core/converge.ts";
export { destroy } from "./core/destroy.ts";
export type { Change, Event, Summary, Verdict } from "./core/events.ts";
export { buildGraph } from "./core/graph.ts";
export type { Graph } from "./core/graph.ts";
export { Ref } from "./core/ref.ts";
export type { Input } from "./core/ref.ts";
export { Resource } from "./core/resource.ts";
export { systemClock } from "./core/runtime.ts";
export type { Clock, Runtime } from "./core/runtime.ts";
export { errorCodes, InvalidTouchdownfile, TouchdownError } from "./errors.ts";
export type { ErrorCode } from "./errors.ts";
export { serializers } from "./serializers.ts";
export { Workspace } from "./workspace.ts";
