/** A folder with bundles in it: declare, plan, apply, and read what was said. */
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { bundleProblems, Bundle, addLocal } from "../../src/bundle/bundle.ts";
import type { BundleArgs } from "../../src/bundle/bundle.ts";
import { apply, plan } from "../../src/core/converge.ts";
import type { Report } from "../../src/core/report.ts";
import { Declarations } from "../../src/core/declare.ts";
import { destroy } from "../../src/core/destroy.ts";
import type { Event } from "../../src/core/events.ts";
import { buildGraph } from "../../src/core/graph.ts";
import { systemClock } from "../../src/core/runtime.ts";

export type Declare = (bundle: Bundle, declarations: Declarations) => void;

export interface Ran {
  /** `file a.txt: create`, and below it what the plan shows, indented. */
  readonly lines: readonly string[];
  readonly events: readonly Event[];
  readonly report: Report;
  /** `CODE message (hint)`, in order. */
  readonly errors: readonly string[];
}

export interface BundleWorld {
  /** The Touchdownfile's. Its name has a space. */
  readonly folder: string;
  readonly controller: AbortController;
  readonly plan: (declare: Declare, args?: Partial<BundleArgs>) => Promise<Ran>;
  readonly apply: (declare: Declare, args?: Partial<BundleArgs>) => Promise<Ran>;
  readonly destroy: (declare: Declare) => Promise<Ran>;
  readonly remove: () => Promise<void>;
}

export async function bundleWorld(): Promise<BundleWorld> {
  const root = await mkdtemp(join(await realpath(tmpdir()), "touchdown-bundle-"));
  const folder = join(root, "the project");
  const controller = new AbortController();
  await mkdir(folder);
  vi.stubEnv("TOUCHDOWN_STATE_DIR", join(root, "state"));
  vi.stubEnv("TOUCHDOWN_CACHE_DIR", join(root, "cache"));
  const go = async (
    verb: typeof plan | typeof apply | typeof destroy,
    declare: Declare,
    args: Partial<BundleArgs> = {},
  ): Promise<Ran> => {
    const declarations = new Declarations();
    const given = { target: addLocal(), ...args };
    const [problem] = bundleProblems(given);
    if (problem !== undefined) throw problem;
    declare(new Bundle(declarations, given), declarations);
    const events: Event[] = [];
    const runtime = {
      emit: (event: Event) => events.push(event),
      signal: controller.signal,
      clock: systemClock,
      folder,
    };
    const report = await verb(await buildGraph(declarations.resources), { runtime });
    return { lines: linesOf(report), events, report, errors: errorsOf(events) };
  };
  return {
    folder,
    controller,
    plan: (declare, args) => go(plan, declare, args),
    apply: (declare, args) => go(apply, declare, args),
    destroy: (declare) => go(destroy, declare),
    remove: async () => {
      vi.unstubAllEnvs();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function linesOf({ planned }: Report): readonly string[] {
  return planned.flatMap(({ name, verdict, changes }) => [
    `${name}: ${verdict}`,
    ...changes
      .filter(
        (change) => verdict !== "create" || change.kind !== "action" || change.needs !== undefined,
      )
      .map(({ field, action, old, new: now, needs }) => {
        const values = [old, now].filter((value) => value !== undefined).join(" → ");
        const waits = needs === undefined ? "" : ` (needs ${needs.join(", ")})`;
        return `  ${action ?? field}${values === "" ? "" : `: ${values}`}${waits}`;
      }),
  ]);
}

function errorsOf(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === "failed"
      ? [
          `${event.error.code} ${event.error.message}${event.error.hint === undefined ? "" : ` (${event.error.hint})`}`,
        ]
      : [],
  );
}

/** What commands wrote, both streams. */
export function outputOf({ events }: Ran): string {
  return events.map((event) => (event.type === "output" ? event.text : "")).join("");
}

export function warningsOf({ events }: Ran): readonly string[] {
  return events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
}
