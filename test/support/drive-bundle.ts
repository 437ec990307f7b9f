/** Apply one bundle in a process of its own, for tests that kill it or take its rights away. */
import { addLocal, Bundle } from "../../src/bundle/bundle.ts";
import { apply } from "../../src/core/converge.ts";
import { Declarations } from "../../src/core/declare.ts";
import type { Event } from "../../src/core/events.ts";
import { buildGraph } from "../../src/core/graph.ts";
import { systemClock } from "../../src/core/runtime.ts";

/** Prints output of commands as it is, and failures as `CODE message`. */
export async function driveBundle(
  folder: string,
  declare: (bundle: Bundle) => void,
): Promise<void> {
  const declarations = new Declarations();
  declare(new Bundle(declarations, { target: addLocal() }));
  const emit = (event: Event): void => {
    if (event.type === "output") console.log(event.text.trim());
    if (event.type === "failed") console.log(`${event.error.code} ${event.error.message}`);
  };
  const signal = new AbortController().signal;
  const runtime = { emit, signal, clock: systemClock, folder };
  await apply(await buildGraph(declarations.resources), { runtime });
}
