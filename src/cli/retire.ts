/** What a run does about what its workspace owns and no longer declares. */
import type { Retire } from "../core/retire.ts";
import type { Workspace } from "../index.ts";
import { UsageError } from "./exit.ts";
import type { Values } from "./values.ts";

/** @throws USAGE where nothing could be pruned */
export function retireOf(
  workspace: Workspace,
  values: Values,
  { verb, named }: { readonly verb: "plan" | "apply" | "destroy"; readonly named: boolean },
): { retire?: Retire } {
  const { owned } = workspace;
  const [prune, data] =
    verb === "plan" ? [false, false] : [values.flag("prune"), values.flag("prune-data")];
  const asked = prune ? "--prune" : data ? "--prune-data" : undefined;
  if (named) {
    if (asked === undefined) return {};
    throw new UsageError(`${asked} looks at all that the workspace owns, and takes no names`);
  }
  if (owned === undefined) {
    if (asked === undefined) return {};
    const hint = 'write: export default touchdown({ name: "media" }, (workspace) => { … })';
    throw new UsageError(`${asked} takes a workspace with a name: nobody owns anything here`, hint);
  }
  // An apply that is not to prune has no use for the search, and does without its calls.
  const unpruned = verb === "apply" ? "ignore" : "show";
  return { retire: { ...owned, undeclared: prune ? "delete" : unpruned, data } };
}
