import { apply as applyGraph } from "../../core/converge.ts";
import { withNeeds } from "../../core/select.ts";
import { runChange } from "../change.ts";
import type { Call } from "../option.ts";

/** Plan, ask, do. */
export function apply(call: Call): Promise<number> {
  return runChange(call, {
    verb: "apply",
    question: () => "Do this?",
    run: (graph, options, named) => applyGraph(withNeeds(graph, named), options),
  });
}
