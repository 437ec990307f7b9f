/** A seed's schedule, played: the runs, then a clean one, and what must hold after all of it. */
import { Random } from "../support/random.ts";
import { Cloud } from "./cloud.ts";
import {
  differences,
  leaks,
  problemsOf,
  problemsOfClean,
  problemsOfPlan,
  problemsOfRound,
} from "./demand.ts";
import type { Seen } from "./demand.ts";
import { play, playTogether } from "./play.ts";
import type { Ran, Run, Where } from "./play.ts";
import { plots } from "./plots.ts";
import type { Deed, Plot } from "./plots.ts";
import { fightsIn, notOwned, problemsOfRivals } from "./rivals.ts";
import { fair, scheduleOf } from "./schedule.ts";
import type { Round, Scenario, Schedule } from "./schedule.ts";
import { unlock } from "./command.ts";
import { Wire } from "./wire.ts";
import { withGlobals } from "./virtual-globals.ts";
import { problemsOfDeleting } from "./watch.ts";

/** Until then, all that lags has arrived, and SQS gives away names again. */
const quietMs = 120_000;

export interface Proof {
  readonly schedule: Schedule;
  /** Those in bad weather, in order. */
  readonly runs: readonly Ran[];
  /** In words; empty where all held. */
  readonly broken: readonly string[];
}

/** @param note  is told what happens, line by line */
export function prove(
  seed: number,
  note: (line: string) => void = () => undefined,
): Promise<Proof> {
  return proveSchedule(scheduleOf(seed), note);
}

async function proveSchedule(schedule: Schedule, note: (line: string) => void): Promise<Proof> {
  const plot = plots[schedule.scenario];
  const wanted = await wantedAfter(schedule.scenario);
  const cloud = new Cloud();
  const random = new Random(schedule.seed ^ 0x5eed);
  return withGlobals(cloud.clock, random, async () => {
    const broken: string[] = [];
    const where = { cloud, random, note, watch: watchOver(cloud, plot, broken) };
    for (const deed of plot.before) broken.push(...problemsOfClean(await go(deed, where)));
    for (const queue of plot.full ?? []) await cloud.putMessage(queue);
    await cloud.makeLockPlaces();
    const runs: Ran[] = [];
    let last: readonly Ran[] = [];
    for (const deeds of plot.during) {
      for (const round of schedule.rounds) {
        last = await playRound(deeds, round, { ...where, lag: schedule.lag });
        runs.push(...last);
        broken.push(...last.flatMap(problemsOf), ...problemsOfRound(last, round, plot));
        broken.push(...fightsIn(last, plot));
        await pause(cloud, round.gapMs);
      }
    }
    await pause(cloud, quietMs);
    const final = finalOf(plot);
    const same = last.every(({ said, deed }) => said === "done" && deed.file === final.file);
    if (same && schedule.lag === 0) {
      broken.push(
        ...differences(wanted, cloud, { plot, runs }).map((each) => `said done, and ${each}`),
      );
    }
    if (plot.disputed !== undefined) {
      broken.push(...(await problemsOfRivals(plot, where, () => pause(cloud, quietMs))));
      return { schedule, runs, broken };
    }
    const clean = await go(final, where);
    broken.push(...problemsOfClean(clean));
    await pause(cloud, quietMs);
    if (final.verb === "apply") broken.push(...notOwned(clean, cloud.contents()));
    broken.push(...differences(wanted, cloud, { plot, runs }), ...leaks(cloud, { plot, runs }));
    if (final.verb === "apply") {
      broken.push(...problemsOfPlan(await go({ ...final, verb: "plan" }, where), plot));
    }
    return { schedule, runs, broken };
  });
}

/** What is to hold in the end. */
function finalOf({ during }: Plot): Deed {
  const final = during.at(-1)?.[0];
  if (final === undefined) throw new Error("nothing is asked for");
  return final;
}

function watchOver(cloud: Cloud, { goes, moves }: Plot, broken: string[]): Where["watch"] {
  const watch = { cloud, mayGo: goes, moves };
  return (call, input) => broken.push(...problemsOfDeleting(watch, call, input));
}

/** In fair weather. */
function go(deed: Deed, where: Where): Promise<Ran> {
  where.note(`— ${textOf(deed)}`);
  return play({ deed, weather: fair, lag: 0 }, where);
}

function playRound(
  deeds: readonly Deed[],
  { weather, beside, unlockAfterMs }: Round,
  { lag, ...where }: Where & { readonly lag: number },
): Promise<readonly Ran[]> {
  where.note(`— ${deeds.map(textOf).join(", beside ")}, in bad weather`);
  const runs = deeds.map((deed, index): Run =>
    index === 0 ? { deed, weather, lag } : { deed, lag, ...beside },
  );
  const [first] = deeds;
  if (first?.lock !== undefined && unlockAfterMs !== undefined) {
    const { cloud } = where;
    const wire = new Wire({ ...where, weather: fair, lag: 0, interrupt: () => undefined });
    cloud.clock.after(unlockAfterMs, () => void unlock(first, { cloud, wire }));
  }
  return playTogether(runs, where);
}

function textOf({ verb, file, prune, pruneData }: Deed): string {
  const flags = `${prune === true ? " --prune" : ""}${pruneData === true ? " --prune-data" : ""}`;
  return `${verb}${flags} of ${file.called}`;
}

function pause(cloud: Cloud, ms: number): Promise<void> {
  return cloud.clock.drive(cloud.clock.sleep(ms)) as Promise<void>;
}

const known = new Map<Scenario, Promise<Seen>>();

/** What is there after the same in fair weather, each alone and in a world of its own. */
async function wantedAfter(scenario: Scenario): Promise<Seen> {
  const plot = plots[scenario];
  const wanted = known.get(scenario) ?? afterFairWeather(plot);
  known.set(scenario, wanted);
  return wanted;
}

async function afterFairWeather(plot: Plot): Promise<Seen> {
  const deeds = plot.during.flatMap(([deed]) => deed ?? []);
  const wanted = await contentsAfter({ ...plot, during: deeds });
  // By themselves, what is there in the end is what is declared, and what is said to stay.
  const final = finalOf(plot);
  const left = final.verb === "destroy" ? [] : [final];
  const others = plot.before.filter(({ file }) => file.owner !== final.file.owner);
  const alone = await contentsAfter({ before: left, during: others });
  const expected = new Set([...alone.keys(), ...(plot.stays ?? [])]);
  const wrong = [
    ...[...expected].filter((name) => !wanted.has(name)).map((name) => `${name} is missing`),
    ...[...wanted.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is there`),
  ];
  if (wrong.length > 0) throw new Error(`in fair weather: ${wrong.join(", ")}`);
  return wanted;
}

interface Fair {
  readonly before: readonly Deed[];
  readonly full?: readonly string[];
  readonly during: readonly Deed[];
}

async function contentsAfter({ before, full = [], during }: Fair): Promise<Seen> {
  const cloud = new Cloud();
  const random = new Random(0);
  const where = { cloud, random, note: () => undefined, watch: () => undefined };
  return withGlobals(cloud.clock, random, async () => {
    const goAll = async (deeds: readonly Deed[]): Promise<void> => {
      for (const { lock: _lock, ...deed } of deeds) {
        const [problem] = problemsOfClean(await go(deed, where));
        if (problem !== undefined) throw new Error(`in fair weather: ${problem}`);
        await pause(cloud, quietMs);
      }
    };
    await goAll(before);
    for (const queue of full) await cloud.putMessage(queue);
    await goAll(during);
    return cloud.contents();
  });
}
