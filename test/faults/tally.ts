/** What many schedules came to, in a few lines. */
import type { Proof } from "./prove.ts";

export class Tally {
  #schedules = 0;
  #runs = 0;
  #attempts = 0;
  #calls = 0;
  #longestMs = 0;
  #mostAttempts = 0;
  readonly #faults = new Map<string, number>();
  readonly #said = new Map<string, number>();
  readonly #scenarios = new Map<string, number>();
  readonly #errors = new Map<string, number>();
  readonly #thrown = new Map<string, number>();

  /** Of the schedules that did not hold. */
  readonly failed: Proof[] = [];

  add(proof: Proof): void {
    this.#schedules += 1;
    count(this.#scenarios, proof.schedule.scenario);
    if (proof.broken.length > 0) this.failed.push(proof);
    for (const ran of proof.runs) {
      this.#runs += 1;
      this.#attempts += ran.attempts;
      this.#calls += ran.calls;
      this.#longestMs = Math.max(this.#longestMs, ran.elapsedMs);
      this.#mostAttempts = Math.max(this.#mostAttempts, ran.attempts);
      count(this.#said, ran.said);
      for (const [fault, times] of ran.faults) count(this.#faults, fault, times);
      for (const { error } of ran.report?.failures ?? []) count(this.#errors, codeOf(error));
      if (ran.thrown !== undefined) count(this.#thrown, codeOf(ran.thrown));
      if (ran.lockLost !== undefined) count(this.#thrown, codeOf(ran.lockLost));
    }
  }

  /** @param elapsedMs  of the clock on the wall */
  lines(elapsedMs: number): readonly string[] {
    const { length: bad } = this.failed;
    const minutes = (this.#longestMs / 60_000).toFixed(1);
    const faults = [...this.#faults.values()].reduce((sum, times) => sum + times, 0);
    return [
      `${this.#schedules} schedules, ${bad} did not hold, ${(elapsedMs / 1_000).toFixed(1)} s`,
      `scenarios: ${listed(this.#scenarios)}`,
      `runs in bad weather: ${this.#runs}; they ended: ${listed(this.#said)}`,
      `calls that ended: ${this.#calls}; attempts: ${this.#attempts}; at most ${this.#mostAttempts} a run`,
      `longest run: ${minutes} min of virtual time`,
      `faults: ${faults}; ${listed(this.#faults)}`,
      `resources that failed, and said why: ${listed(this.#errors)}`,
      `runs that did not begin, or stopped, and said why: ${listed(this.#thrown)}`,
    ];
  }
}

function codeOf(error: unknown): string {
  if (typeof error === "string") {
    return /could not be given back/u.test(error) ? "lock not given back" : "lock lost at the end";
  }
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? String(error.code) : error.name;
}

function count(map: Map<string, number>, key: string, times = 1): void {
  map.set(key, (map.get(key) ?? 0) + times);
}

/** The most frequent first. */
function listed(map: ReadonlyMap<string, number>): string {
  const entries = [...map].toSorted(([, a], [, b]) => b - a);
  return entries.map(([name, times]) => `${name} ${times}`).join(", ");
}
