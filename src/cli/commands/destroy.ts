import { destroy as destroyGraph } from "../../core/destroy.ts";
import { runChange } from "../change.ts";
import type { Call } from "../option.ts";

/** Delete what the Touchdownfile adds, in reverse order. */
export function destroy(call: Call): Promise<number> {
  return runChange(call, {
    verb: "destroy",
    question: ({ length }) => `Delete ${length === 1 ? "this" : `these ${length}`} for good?`,
    run: (graph, options, named) =>
      destroyGraph(graph, { ...options, ...(named === undefined ? {} : { named }) }),
  });
}
