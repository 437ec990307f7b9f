/** What goes wrong and when, by the seed alone. */
import { Random } from "../support/random.ts";

/** Drawn for each attempt of a call, on its own. */
export const kinds = [
  "throttled",
  "broke down before",
  "broke down after",
  "bad gateway before",
  "bad gateway after",
  "reset before",
  "reset after",
  "cut short",
  "garbled",
  "slow",
  "silent before",
  "silent after",
  "conflict",
] as const;
export type Kind = (typeof kinds)[number];

/** Of one run. Attempts and events are counted from 1. */
export interface Weather {
  /** How probable each is, from 0 to 1. */
  readonly rates: ReadonlyMap<Kind, number>;
  /** The run is ended at this attempt; `done`: after it took effect, before its answer came. */
  readonly killAtAttempt?: { readonly attempt: number; readonly done: boolean };
  /** The run is ended at this event: something was read, begun or finished. */
  readonly killAtEvent?: number;
  readonly interruptAtAttempt?: number;
  readonly expireAtAttempt?: number;
  readonly skewFromAttempt?: number;
  readonly quota?: { readonly fromAttempt: number; readonly forMs: number };
}

/** Whether a run gets through it by itself: a little of what passes when it is asked again, and nothing else. */
export function isBearable({ rates, skewFromAttempt: _skew, ...more }: Weather): boolean {
  const together = [...rates.values()].reduce((sum, rate) => sum + rate, 0);
  return Object.keys(more).length === 0 && together <= 0.05 && !rates.has("garbled");
}

export const fair: Weather = { rates: new Map() };

/** What is there before, and what is asked for: of a workspace without a name, and of one with. */
const namelessScenarios = ["create", "update", "again", "destroy", "create and destroy"] as const;
const namedScenarios = ["adopt", "prune", "prune data", "move", "move and prune"] as const;
/** Two runs at the same time. */
const scenariosOfTwo = [
  "two create",
  "two editions",
  "one at a time",
  "another workspace",
  "two workspaces",
] as const;

export type Scenario =
  | (typeof namelessScenarios)[number]
  | (typeof namedScenarios)[number]
  | (typeof scenariosOfTwo)[number]
  /** Half of those that are one at a time. */
  | "one at a time, by a table";

/** One run before the clean one, or two at once. */
export interface Round {
  readonly weather: Weather;
  /** Until the next. */
  readonly gapMs: number;
  /** Of the second, where there are two. */
  readonly beside: { readonly weather: Weather; readonly afterMs: number };
  /** So long after it began somebody takes the lock away, where there is one. */
  readonly unlockAfterMs: number | undefined;
}

export interface Schedule {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly rounds: readonly Round[];
  /** How probable it is that a read shows what was there a moment ago, where AWS documents that. */
  readonly lag: number;
}

/** At which attempt and which event something may happen: within an apply, a destroy, or what comes last of an apply. */
interface Span {
  readonly attempts: readonly [from: number, to: number];
  readonly events: readonly [from: number, to: number];
}
const spans = {
  apply: { attempts: [1, 400], events: [1, 120] },
  destroy: { attempts: [1, 190], events: [1, 90] },
  /** Some of what is there is deleted after all else. */
  longer: { attempts: [1, 480], events: [1, 170] },
  deleting: { attempts: [330, 480], events: [100, 170] },
} as const satisfies Record<string, Span>;

export function scheduleOf(seed: number): Schedule {
  const random = new Random(seed);
  const nameless = random.pick(namelessScenarios);
  const span = spans[nameless === "destroy" ? "destroy" : "apply"];
  const runs = Array.from({ length: random.between(1, 3) }, () => ({
    weather: weatherOf(random, span),
    // Who starts a command again takes a few seconds; most take longer.
    gapMs: random.chance(0.3) ? 5_000 : random.between(5_000, 180_000),
  }));
  const lag = random.chance(0.5) ? random.next() * 0.5 : 0;
  // Drawn last, so that a seed whose workspace has no name means what it meant before there were others.
  const kind = random.pick(["nameless", "named", "two"]);
  const scenario =
    kind === "nameless"
      ? nameless
      : random.pick<Scenario>(kind === "named" ? namedScenarios : scenariosOfTwo);
  const weather = (): Weather =>
    weatherOf(random, random.chance(0.5) ? spans.longer : spans.deleting);
  const rounds = runs.map((run) => ({
    ...run,
    ...(kind === "named" ? { weather: weather() } : {}),
    // What two do to each other shows best where nothing else goes wrong.
    ...(kind === "two" && random.chance(0.4) ? { weather: fair } : {}),
    beside: {
      weather: random.chance(0.5) ? fair : weatherOf(random, spans.apply),
      afterMs: random.pick([0, random.between(0, 1_000), random.between(0, 20_000)]),
    },
    unlockAfterMs: random.chance(0.2) ? random.between(0, 30_000) : undefined,
  }));
  // Drawn last, so that all other seeds mean what they meant before there was a table.
  const byTable = scenario === "one at a time" && random.chance(0.5);
  return { seed, scenario: byTable ? "one at a time, by a table" : scenario, rounds, lag };
}

function weatherOf(random: Random, { attempts, events }: Span): Weather {
  const attempt = (): number => random.between(...attempts);
  const rates = new Map<Kind, number>();
  // Now and then much of one kind; usually a little of several.
  const severity = random.pick([0.01, 0.03, 0.1, 0.3]);
  for (let count = random.between(0, 4); count > 0; count -= 1) {
    rates.set(random.pick(kinds), severity * random.next());
  }
  return {
    rates,
    ...random.pick([
      () => ({}),
      () => ({}),
      () => ({ killAtAttempt: { attempt: attempt(), done: random.chance(0.5) } }),
      () => ({ killAtAttempt: { attempt: attempt(), done: true } }),
      () => ({ killAtEvent: random.between(...events) }),
      () => ({ interruptAtAttempt: attempt() }),
      () => ({ expireAtAttempt: attempt() }),
    ])(),
    ...(random.chance(0.15) ? { skewFromAttempt: attempt() } : {}),
    ...(random.chance(0.15)
      ? { quota: { fromAttempt: attempt(), forMs: random.between(1_000, 600_000) } }
      : {}),
  };
}
