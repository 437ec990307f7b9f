/** One run of the engine in a cloud, in some weather: as a process that is started, and may be killed. */
import { apply, plan } from "../../src/core/converge.ts";
import type { Report } from "../../src/core/converge.ts";
import { destroy } from "../../src/core/destroy.ts";
import type { Event } from "../../src/core/events.ts";
import { buildGraph } from "../../src/core/graph.ts";
import type { Runtime } from "../../src/core/runtime.ts";
import type { Random } from "../support/random.ts";
import type { Cloud } from "./cloud.ts";
import { contextOver } from "./sdk-client.ts";
import type { Weather } from "./schedule.ts";
import { stack } from "./stack.ts";
import type { Edition } from "./stack.ts";
import { Wire } from "./wire.ts";

const verbs = { plan, apply, destroy };

/** A run ends within this, whatever happens. */
const bounds = { elapsedMs: 2 * 3_600_000, attempts: 5_000 };

export interface Run {
  readonly verb: keyof typeof verbs;
  readonly edition: Edition;
  readonly weather: Weather;
  readonly lag: number;
}

/** How a run ended. `endless`: it went on for longer than any run may, and was given up. */
export type Said = "done" | "failed" | "interrupted" | "killed" | "endless";

export interface Ran {
  /** Undefined where the run was killed, or threw. */
  readonly report: Report | undefined;
  /** What the run threw in place of a report. */
  readonly thrown: unknown;
  readonly verb: Run["verb"];
  readonly said: Said;
  readonly attempts: number;
  readonly calls: number;
  /** Of the clock that the run lives by. */
  readonly elapsedMs: number;
  readonly faults: ReadonlyMap<string, number>;
}

interface Where {
  readonly cloud: Cloud;
  readonly random: Random;
  readonly note: (line: string) => void;
}

export async function play(run: Run, { cloud, random, note }: Where): Promise<Ran> {
  const { clock } = cloud;
  const controller = new AbortController();
  const { weather, lag } = run;
  const interrupt = (): void => controller.abort();
  const wire = new Wire({ cloud, weather, random, lag, interrupt, note });
  let calls = 0;
  const emit = (event: Event): void => {
    if (wire.dead) return;
    if (event.type === "call") calls += 1;
    if (["reading", "planned", "started", "finished"].includes(event.type)) wire.step();
    if (event.type === "failed") note(`${event.name}: ${event.error.code} ${event.error.message}`);
  };
  const runtime: Runtime = { emit, signal: controller.signal, clock, folder: "/nowhere" };
  const open = (lent: Runtime) =>
    Promise.resolve(contextOver({ cloud, wire, runtime: { ...lent, signal: runtime.signal } }));
  const started = clock.now();
  const endless = (): boolean =>
    wire.attempts > bounds.attempts || clock.now() - started > bounds.elapsedMs;
  const outcome = await clock.drive(
    ended(async () => {
      const graph = await buildGraph(stack({ label: "", open }, run.edition));
      return verbs[run.verb](graph, { runtime });
    }),
    () => wire.dead || endless(),
  );
  const over = wire.dead;
  wire.dead = true;
  // What the killed run still waited for must not come.
  clock.dropAll();
  return {
    report: outcome?.report,
    thrown: outcome?.thrown,
    verb: run.verb,
    said: over ? "killed" : endless() ? "endless" : saidBy(outcome?.report),
    attempts: wire.attempts,
    calls,
    elapsedMs: clock.now() - started,
    faults: wire.faults,
  };
}

function saidBy(report: Report | undefined): Said {
  if (report === undefined || report.failures.length > 0) return "failed";
  return report.interrupted ? "interrupted" : "done";
}

async function ended(
  work: () => Promise<Report>,
): Promise<{ readonly report?: Report; readonly thrown?: unknown }> {
  try {
    return { report: await work() };
  } catch (thrown) {
    return { thrown };
  }
}
