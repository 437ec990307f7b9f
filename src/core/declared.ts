/** A declared resource as the graph knows it. The handle a user holds is `Resource`. */
import type { OwnedPlace } from "./owned.ts";
import type { Runtime } from "./runtime.ts";

/** Where a resource lives: an account and region, a target. Its context is what definitions call. */
export interface Scope {
  /** Tells two resources of one name apart: `aws eu-west-1`. Empty where there is only one such place. */
  readonly label: string;
  /** Opened once a run, on first use. */
  readonly open: (runtime: Runtime) => Promise<unknown>;
  /** How many of its resources are read or changed at a time, beside all others. Default: they share the run's. */
  readonly atOnce?: number;
  /** How what a workspace owns in it is found. Absent: nothing in it can be owned. */
  readonly owned?: OwnedPlace;
}

/** What messages and refs need of a definition. */
export interface Kind {
  readonly type: string;
  readonly noun: string;
  readonly key: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface AnyResource {
  readonly definition: Kind;
  readonly scope: Scope;
  /** As the user wrote them; refs anywhere. */
  readonly args: Readonly<Record<string, unknown>>;
  /** `get`: must exist, is never changed. */
  readonly mode: "add" | "get";
  /** The list itself, so that what is pushed to it later counts. */
  readonly dependsOn: readonly AnyResource[];
  /** The name of the workspace that declares it. */
  readonly owner?: string | undefined;
  /** Taken over even from another workspace. */
  readonly adopt?: boolean | undefined;
  /** Never deleted. */
  readonly protect?: boolean | undefined;
  /** Names that it had before. */
  readonly movedFrom?: readonly string[] | undefined;
}

export const resourceBrand = Symbol.for("touchdown.resource");

export function isResource(value: unknown): value is AnyResource {
  return typeof value === "object" && value !== null && resourceBrand in value;
}
