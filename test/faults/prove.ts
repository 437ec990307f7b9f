/** A seed's schedule, played: the runs, then a clean one, and what must hold after all of it. */
import { TouchdownError } from "../../src/errors.ts";
import { Random } from "../support/random.ts";
import { Cloud } from "./cloud.ts";
import { play } from "./play.ts";
import type { Ran, Run } from "./play.ts";
import { fair, isBearable, scheduleOf } from "./schedule.ts";
import type { Scenario, Schedule } from "./schedule.ts";
import { resourcesInStack } from "./stack.ts";
import type { Edition } from "./stack.ts";
import { withGlobals } from "./virtual-globals.ts";

/** Until then, all that lags has arrived, and SQS gives away names again. */
const quietMs = 120_000;

export interface Proof {
  readonly schedule: Schedule;
  /** Those in bad weather, in order. */
  readonly runs: readonly Ran[];
  /** In words; empty where all held. */
  readonly broken: readonly string[];
}

interface Plot {
  /** What was done in fair weather before. */
  readonly before: readonly Step[];
  /** What is done in bad weather, each time; the last of them is what is to hold in the end. */
  readonly during: readonly Step[];
}

type Step = readonly [verb: "apply" | "destroy", edition: Edition];

const plots: Readonly<Record<Scenario, Plot>> = {
  create: { before: [], during: [["apply", 1]] },
  update: { before: [["apply", 1]], during: [["apply", 2]] },
  again: {
    before: [
      ["apply", 1],
      ["destroy", 1],
    ],
    during: [["apply", 1]],
  },
  destroy: { before: [["apply", 1]], during: [["destroy", 1]] },
  "create and destroy": {
    before: [],
    during: [
      ["apply", 1],
      ["destroy", 1],
    ],
  },
};

/** @param note  is told what happens, line by line */
export function prove(
  seed: number,
  note: (line: string) => void = () => undefined,
): Promise<Proof> {
  return proveSchedule(scheduleOf(seed), note);
}

async function proveSchedule(schedule: Schedule, note: (line: string) => void): Promise<Proof> {
  const wanted = await contentsAfter(schedule.scenario);
  const cloud = new Cloud();
  const random = new Random(schedule.seed ^ 0x5eed);
  return withGlobals(cloud.clock, random, async () => {
    const go = (step: Step | readonly ["plan", Edition], more: Partial<Run> = {}): Promise<Ran> => {
      const [verb, edition] = step;
      note(
        `— ${verb} of edition ${edition}${more.weather === undefined ? "" : ", in bad weather"}`,
      );
      return play({ verb, edition, weather: fair, lag: 0, ...more }, { cloud, random, note });
    };
    const broken: string[] = [];
    const { before, during } = plots[schedule.scenario];
    for (const step of before) broken.push(...problemsOfClean(await go(step)));
    const runs: Ran[] = [];
    for (const step of during) {
      for (const { weather, gapMs } of schedule.runs) {
        const ran = await go(step, { weather, lag: schedule.lag });
        runs.push(ran);
        broken.push(...problemsOf(ran));
        if (isBearable(weather) && ran.said !== "done") {
          const failures = ran.report?.failures.map(
            ({ error, name }) => `${name}: ${error.message}`,
          );
          broken.push(`gave up in weather that passes: ${failures?.join("; ") ?? ran.said}`);
        }
        await pause(cloud, gapMs);
      }
    }
    await pause(cloud, quietMs);
    const [verb, edition] = during.at(-1) ?? (["apply", 1] as const);
    if (runs.at(-1)?.said === "done" && schedule.lag === 0) {
      broken.push(...differences(wanted, cloud.contents()).map((each) => `said done, and ${each}`));
    }
    broken.push(...problemsOfClean(await go([verb, edition])));
    await pause(cloud, quietMs);
    broken.push(...differences(wanted, cloud.contents()));
    if (verb === "apply") broken.push(...problemsOfPlan(await go(["plan", edition])));
    return { schedule, runs, broken };
  });
}

function pause(cloud: Cloud, ms: number): Promise<void> {
  return cloud.clock.drive(cloud.clock.sleep(ms)) as Promise<void>;
}

const known = new Map<Scenario, readonly string[]>();

/** What is there after the same in fair weather, in a world of its own. */
async function contentsAfter(scenario: Scenario): Promise<readonly string[]> {
  const there = known.get(scenario);
  if (there !== undefined) return there;
  const cloud = new Cloud();
  const random = new Random(0);
  const { before, during } = plots[scenario];
  const contents = await withGlobals(cloud.clock, random, async () => {
    for (const [verb, edition] of [...before, ...during]) {
      const run = { verb, edition, weather: fair, lag: 0 };
      const ran = await play(run, { cloud, random, note: () => undefined });
      const [problem] = problemsOfClean(ran);
      if (problem !== undefined) throw new Error(`in fair weather: ${problem}`);
      await pause(cloud, quietMs);
    }
    return cloud.contents();
  });
  known.set(scenario, contents);
  return contents;
}

/** What must hold of any run: it ended in time, and said what happened. */
function problemsOf(ran: Ran): readonly string[] {
  const { attempts, elapsedMs, said, report, thrown } = ran;
  if (said === "endless") {
    return [`a run did not end: ${attempts} attempts, ${elapsedMs / 1_000} s`];
  }
  if (said === "killed") return [];
  if (report === undefined) return problemsOfError(thrown, "the run");
  const { planned, failures, skipped } = report;
  const named = failures.length + skipped.length + planned.length;
  return [
    ...failures.flatMap(({ error, name }) => problemsOfError(error, name)),
    // A destroy says nothing of what is not there.
    ...(ran.verb !== "destroy" && named !== resourcesInStack
      ? [`a run says nothing of ${resourcesInStack - named} resources`]
      : []),
  ];
}

function problemsOfError(error: unknown, of: string): readonly string[] {
  if (!(error instanceof TouchdownError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`${of} failed by a fault of ours: ${text}`];
  }
  const good =
    error.message !== "" && !/undefined|\[object|Deserialization|UnknownError/u.test(error.message);
  return good ? [] : [`${of} failed, and says only: ${error.message}`];
}

function problemsOfClean(ran: Ran): readonly string[] {
  const { report, thrown } = ran;
  const failures = report?.failures.map(({ name, error }) => `${name}: ${error.message}`) ?? [];
  return [
    ...problemsOf(ran),
    ...(report === undefined ? [`a clean run threw: ${String(thrown)}`] : []),
    ...failures.map((failure) => `a clean run failed: ${failure}`),
  ];
}

function problemsOfPlan({ report }: Ran): readonly string[] {
  if (report?.summary.unchanged === resourcesInStack) return [];
  const changes = report?.planned.filter(({ verdict }) => verdict !== "unchanged") ?? [];
  return [`a plan is not empty: ${JSON.stringify(changes)}`];
}

function differences(wanted: readonly string[], found: readonly string[]): readonly string[] {
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `is missing: ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `is there: ${line}`),
  ];
}
