/** The mark of its workspace, as a kind of resource carries it. */
import type { Change } from "./events.ts";

type Args = Readonly<Record<string, unknown>>;

/** What a resource carries of the workspace that declared it. */
export interface Mark {
  /** The workspace's name. */
  readonly owner: string;
  /** Never to be deleted. */
  readonly protect: boolean;
}

/** How a kind of resource carries its mark. */
export interface Ownership<Have> {
  /** The arguments, so that what is made of them carries the mark. */
  readonly mark: (args: Args, mark: Mark) => Args;
  /** The arguments as they were declared. */
  readonly unmark: (args: Args) => Args;
  /** The arguments, so that the mark of one that was protected no longer says so. */
  readonly unprotect: (want: Args) => Args;
  /** Undefined where nobody owns it. */
  readonly markOf: (have: Have) => Mark | undefined;
  /** Which part of the mark a change is about. */
  readonly partOf: (change: Change) => keyof Mark | undefined;
}
