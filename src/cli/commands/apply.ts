import { apply as applyGraph } from "../../core/converge.ts";
import type { Planned } from "../../core/report.ts";
import { withNeeds } from "../../core/select.ts";
import { runChange } from "../change.ts";
import type { Call } from "../option.ts";

/** Plan, ask, do. */
export function apply(call: Call): Promise<number> {
  return runChange(call, {
    verb: "apply",
    question,
    run: (graph, options, named) => applyGraph(withNeeds(graph, named), options),
  });
}

/** What is to be deleted is asked for by name. */
function question(planned: readonly Planned[]): string {
  const deleted = planned.filter(({ verdict }) => verdict === "delete").map(({ name }) => name);
  if (deleted.length === 0) return "Do this?";
  const what = `${deleted.join(", ")} for good?`;
  return deleted.length === planned.length ? `Delete ${what}` : `Do this, and delete ${what}`;
}
