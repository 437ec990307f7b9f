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

/** What is there before, and what is asked for. */
export const scenarios = ["create", "update", "again", "destroy", "create and destroy"] as const;
export type Scenario = (typeof scenarios)[number];

export interface Schedule {
  readonly seed: number;
  readonly scenario: Scenario;
  /** One a run, before the clean one. */
  readonly runs: readonly { readonly weather: Weather; readonly gapMs: number }[];
  /** How probable it is that a read shows what was there a moment ago, where AWS documents that. */
  readonly lag: number;
}

/** So many attempts and events an apply or a destroy takes, about. */
const lengths = { apply: { attempts: 400, events: 120 }, destroy: { attempts: 190, events: 90 } };

type Length = (typeof lengths)[keyof typeof lengths];

export function scheduleOf(seed: number): Schedule {
  const random = new Random(seed);
  const scenario = random.pick(scenarios);
  const runs = Array.from({ length: random.between(1, 3) }, () => ({
    weather: weatherOf(random, lengths[scenario === "destroy" ? "destroy" : "apply"]),
    // Who starts a command again takes a few seconds; most take longer.
    gapMs: random.chance(0.3) ? 5_000 : random.between(5_000, 180_000),
  }));
  return { seed, scenario, runs, lag: random.chance(0.5) ? random.next() * 0.5 : 0 };
}

function weatherOf(random: Random, length: Length): Weather {
  const attempt = (): number => random.between(1, length.attempts);
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
      () => ({ killAtEvent: random.between(1, length.events) }),
      () => ({ interruptAtAttempt: attempt() }),
      () => ({ expireAtAttempt: attempt() }),
    ])(),
    ...(random.chance(0.15) ? { skewFromAttempt: attempt() } : {}),
    ...(random.chance(0.15)
      ? { quota: { fromAttempt: attempt(), forMs: random.between(1_000, 600_000) } }
      : {}),
  };
}
