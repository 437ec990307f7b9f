/** What is between one run and AWS: it takes time, loses answers, and is cut where a run is killed. */
import { silence as silences } from "../../src/aws/client.ts";
import { canonical } from "../../src/core/canonical.ts";
import type { Random } from "../support/random.ts";
import type { Cloud } from "./cloud.ts";
import * as refusals from "./refusals.ts";
import type { Call } from "./refusals.ts";
import { kinds } from "./schedule.ts";
import type { Kind, Weather } from "./schedule.ts";

export interface Around {
  readonly cloud: Cloud;
  readonly weather: Weather;
  readonly random: Random;
  readonly lag: number;
  readonly interrupt: () => void;
  /** Told of each attempt and what became of it. */
  readonly note: (line: string) => void;
  /** Told of each call just before it takes effect. */
  readonly watch: (call: Call, input: unknown) => void;
}

/** Of one client: the SDK learns once that its clock is wrong. */
export interface Signer {
  knowsTime: boolean;
}

/** For ever: of a run that was ended nothing goes on. */
const never = new Promise<never>(() => undefined);

export class Wire {
  readonly faults = new Map<string, number>();
  attempts = 0;
  dead = false;
  #events = 0;
  #quotaUntil = 0;
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Called at every step's boundary. */
  step(): void {
    this.#events += 1;
    if (this.#events === this.#around.weather.killAtEvent) void this.#die("killed at a step");
  }

  /** One attempt of a call. @param work  what it does in the cloud, at once */
  async attempt(
    call: Call,
    { input, work, signer }: { input: unknown; work: () => Promise<object>; signer: Signer },
  ): Promise<object> {
    const { weather, interrupt } = this.#around;
    if (this.dead) return never;
    const number = (this.attempts += 1);
    if (number === weather.interruptAtAttempt) {
      this.#count(call, "Ctrl-C");
      interrupt();
    }
    const kill = weather.killAtAttempt?.attempt === number ? weather.killAtAttempt : undefined;
    if (kill?.done === false) return this.#die(`killed before ${nameOf(call)}`);
    const knowsTime = this.#knowsTime(signer, number);
    await this.#pass();
    const refused = this.#refused(call, number, knowsTime);
    if (refused !== undefined) {
      await this.#pass();
      signer.knowsTime ||= refused.name === "skewed";
      throw refused.error;
    }
    const kind = kill === undefined ? this.#draw() : undefined;
    const answer = await this.#answer(call, { input, work, kind });
    if (kill !== undefined) return this.#die(`killed after ${nameOf(call)}`);
    await this.#pass();
    if (this.dead) return never;
    return answer();
  }

  #knowsTime(signer: Signer, number: number): boolean {
    const { skewFromAttempt = Infinity } = this.#around.weather;
    return signer.knowsTime || number < skewFromAttempt;
  }

  /** What AWS says before it looks at the call itself. */
  #refused(call: Call, number: number, knowsTime: boolean) {
    const { weather, cloud } = this.#around;
    const { expireAtAttempt = Infinity, quota } = weather;
    if (!knowsTime) {
      this.#count(call, "clock skew");
      return { name: "skewed", error: refusals.skewed(call) };
    }
    if (number >= expireAtAttempt) {
      this.#count(call, "expired");
      return { name: "expired", error: refusals.expired(call) };
    }
    if (quota?.fromAttempt === number) this.#quotaUntil = cloud.clock.now() + quota.forMs;
    const over = cloud.clock.now() < this.#quotaUntil ? refusals.overQuota(call) : undefined;
    if (over === undefined) return undefined;
    this.#count(call, "over quota");
    return { name: "over quota", error: over };
  }

  /** At most one of those that the weather knows, each as probable as it says. */
  #draw(): Kind | undefined {
    const { weather, random } = this.#around;
    return kinds.find(
      (kind) => weather.rates.has(kind) && random.chance(weather.rates.get(kind) ?? 0),
    );
  }

  /** Do the call, or not, and return what is to be answered. */
  async #answer(
    call: Call,
    { input, work, kind }: { input: unknown; work: () => Promise<object>; kind: Kind | undefined },
  ): Promise<() => object> {
    const { random, cloud } = this.#around;
    const done = (): Promise<() => object> => this.#read(call, input, work);
    const conflict = kind === "conflict" ? refusals.conflict(call) : undefined;
    if (kind === undefined || (kind === "conflict" && conflict === undefined)) return done();
    this.#count(call, kind);
    const instead = async (error: Error, ms = 0): Promise<() => never> => {
      if (ms > 0) await cloud.clock.sleep(ms);
      return () => {
        throw error;
      };
    };
    switch (kind) {
      case "throttled":
        return instead(refusals.throttled(call));
      case "conflict":
        return instead(conflict ?? refusals.throttled(call));
      case "broke down before":
        return instead(refusals.brokeDown(call));
      case "bad gateway before":
        return instead(refusals.badGateway());
      case "reset before":
        return instead(refusals.reset());
      case "silent before":
        return instead(refusals.silence(silences.usual), silences.usual);
      case "slow":
        await cloud.clock.sleep(random.between(1_000, silences.usual - 1_000));
        // Beside another run time goes on; what was sent by one that was killed is taken never to arrive.
        return this.dead ? never : done();
      case "broke down after":
        await done();
        return instead(refusals.brokeDown(call));
      case "bad gateway after":
        await done();
        return instead(refusals.badGateway());
      case "reset after":
        await done();
        return instead(refusals.reset());
      case "cut short":
        await done();
        return instead(refusals.cutShort());
      case "garbled":
        await done();
        return instead(refusals.garbled());
      case "silent after":
        await done();
        return instead(refusals.silence(silences.usual), silences.usual);
    }
  }

  /** What the cloud answers; of a read that may lag, now and then what it answered a moment ago. */
  async #read(call: Call, input: unknown, work: () => Promise<object>): Promise<() => object> {
    const { cloud, lag, random } = this.#around;
    const question = lag > 0 && mayLag(call) ? `${nameOf(call)} ${canonical(input)}` : undefined;
    if (question !== undefined && random.chance(lag)) {
      const earlier = cloud.earlier.get(question);
      if (earlier !== undefined && cloud.clock.now() - earlier.at <= lagMs) {
        this.#count(call, "stale read");
        return earlier.answer;
      }
    }
    this.#around.watch(call, input);
    const answer = await settledBy(work);
    if (question !== undefined) cloud.earlier.set(question, { at: cloud.clock.now(), answer });
    return answer;
  }

  #die(because: string): Promise<never> {
    this.dead = true;
    this.faults.set("kill", (this.faults.get("kill") ?? 0) + 1);
    this.#around.note(because);
    return never;
  }

  /** Half of the way. */
  #pass(): Promise<void> {
    const { cloud, random } = this.#around;
    return cloud.clock.sleep(random.between(2, 40));
  }

  #count(call: Call, fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    this.#around.note(`attempt ${this.attempts} ${nameOf(call)}: ${fault}`);
  }
}

/** How long a read may show what was there before. */
const lagMs = 10_000;

/**
 * IAM, SQS, the tagging API and the configuration of S3's buckets are documented to be eventually consistent.
 *
 * @source IAM user guide, "Troubleshoot IAM"; SQS API, SetQueueAttributes; S3 user guide, "Amazon S3 data
 *   consistency model": bucket configurations
 */
function mayLag({ service, operation }: Call): boolean {
  if (service === "iam") return /^(?:get|list)/u.test(operation);
  if (service === "sqs") return /^(?:get|list)/u.test(operation);
  if (service === "tagging") return true;
  return service === "s3" && /^(?:headBucket|getBucket|getPublicAccessBlock)/u.test(operation);
}

function nameOf({ service, operation }: Call): string {
  return `${service}.${operation}`;
}

/** The outcome, to be had again: an answer, or the refusal thrown. */
async function settledBy(work: () => Promise<object>): Promise<() => object> {
  try {
    const output = await work();
    return () => output;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
