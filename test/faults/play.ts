/** Runs of the engine in a cloud, in some weather: as processes that are started, and may be killed. */
import type { Report } from "../../src/core/report.ts";
import type { Random } from "../support/random.ts";
import type { Cloud } from "./cloud.ts";
import { work } from "./command.ts";
import type { Worked } from "./command.ts";
import type { Deed } from "./plots.ts";
import type { Weather } from "./schedule.ts";
import { isChange } from "./watch.ts";
import { lockPlace } from "./cloud.ts";
import { Wire } from "./wire.ts";
import type { Around } from "./wire.ts";

/** A run ends within this, whatever happens. */
const bounds = { elapsedMs: 2 * 3_600_000, attempts: 5_000 };

export interface Run {
  readonly deed: Deed;
  readonly weather: Weather;
  readonly lag: number;
  /** How long it starts after the first of those that are played at once. Default: 0. */
  readonly afterMs?: number;
}

/** How a run ended. `endless`: it went on for longer than any run may, and was given up. */
export type Said = "done" | "failed" | "interrupted" | "killed" | "endless";

export interface Ran extends Partial<Worked> {
  readonly deed: Deed;
  readonly said: Said;
  readonly attempts: number;
  readonly calls: number;
  /** Of the clock that the run lives by. */
  readonly elapsedMs: number;
  readonly faults: ReadonlyMap<string, number>;
  /** When the first and the last of its changes took effect. */
  readonly changing: { readonly from: number; readonly to: number } | undefined;
}

export interface Where {
  readonly cloud: Cloud;
  readonly random: Random;
  readonly note: (line: string) => void;
  /** Told of each call just before it takes effect. */
  readonly watch: Around["watch"];
}

export async function play(run: Run, where: Where): Promise<Ran> {
  const [ran] = await playTogether([run], where);
  if (ran === undefined) throw new Error("one run has one end");
  return ran;
}

/** Runs at the same time: each its own process, in one cloud. */
export async function playTogether(runs: readonly Run[], where: Where): Promise<readonly Ran[]> {
  const { clock } = where.cloud;
  const started = runs.map((run, index) => {
    const called = runs.length === 1 ? "" : `${"AB"[index] ?? index}: `;
    return start(run, { ...where, note: (line) => where.note(`${called}${line}`) });
  });
  await clock.drive(Promise.all(started.map(({ ended }) => ended)), () =>
    started.every(({ isOver }) => isOver()),
  );
  const rans = started.map(({ ran }) => ran());
  // What killed runs still waited for must not come.
  clock.dropAll();
  return rans;
}

interface Started {
  readonly ended: Promise<void>;
  /** Ended, or nothing of it goes on. */
  readonly isOver: () => boolean;
  readonly ran: () => Ran;
}

function start({ deed, weather, lag, afterMs = 0 }: Run, where: Where): Started {
  const { cloud, note } = where;
  const { clock } = cloud;
  const controller = new AbortController();
  let changing: Ran["changing"];
  const watch: Around["watch"] = (call, input) => {
    where.watch(call, input);
    const { Bucket, TableName } = input as {
      readonly Bucket?: string;
      readonly TableName?: string;
    };
    if (!isChange(call) || [Bucket, TableName].includes(lockPlace)) return;
    changing = { from: changing?.from ?? clock.now(), to: clock.now() };
  };
  const interrupt = (): void => controller.abort();
  const wire = new Wire({ ...where, weather, lag, interrupt, watch });
  let calls = 0;
  const began = clock.now() + afterMs;
  let worked: Worked | undefined;
  let endedAt: number | undefined;
  const count = (): void => void (calls += 1);
  const ended = (async (): Promise<void> => {
    if (afterMs > 0) await clock.sleep(afterMs);
    worked = await work(deed, { cloud, wire, note, signal: controller.signal, count });
    endedAt = clock.now();
  })();
  const elapsed = (): number => (endedAt ?? clock.now()) - began;
  const isEndless = (): boolean =>
    endedAt === undefined && (wire.attempts > bounds.attempts || elapsed() > bounds.elapsedMs);
  const ran = (): Ran => {
    const said = wire.dead ? "killed" : isEndless() ? "endless" : saidBy(worked?.report);
    wire.dead = true;
    return {
      ...worked,
      deed,
      said,
      attempts: wire.attempts,
      calls,
      elapsedMs: elapsed(),
      faults: wire.faults,
      changing,
    };
  };
  return { ended, isOver: () => wire.dead || endedAt !== undefined || isEndless(), ran };
}

function saidBy(report: Report | undefined): Said {
  if (report === undefined || report.failures.length > 0) return "failed";
  return report.interrupted ? "interrupted" : "done";
}
