/** How fast a service may be called: by the quotas that AWS publishes, and slower once it throttles. */
import type { Clock } from "../core/runtime.ts";

/** Calls that share a quota. */
interface Quota {
  readonly name: string;
  /** Calls a second; absent: AWS publishes none. */
  readonly perSecond?: number;
}

/**
 * IAM, SQS, the tagging API and STS publish no rate, and S3 one that nobody reaches who makes buckets: of these it is
 * learned how fast is too fast.
 *
 * @source Lambda developer guide, "Lambda quotas", API requests: not a quota a call, but these three for all
 * @source CloudWatch Logs user guide, "CloudWatch Logs quotas": each call has its own
 */
function quotaOf(service: string, operation: string): Quota {
  if (service === "logs" && tenASecond.has(operation))
    return { name: `logs ${operation}`, perSecond: 10 };
  if (service !== "lambda") return { name: service };
  if (operation === "Invoke") return { name: "Invoke" };
  if (operation === "GetFunction") return { name: operation, perSecond: 100 };
  if (operation === "GetPolicy") return { name: operation, perSecond: 15 };
  return { name: "lambda", perSecond: 15 };
}

const tenASecond: ReadonlySet<string> = new Set([
  "CreateLogGroup",
  "DeleteLogGroup",
  "DescribeLogGroups",
]);

export interface RateLimits {
  /** Wait until the call may be made. */
  readonly admit: (service: string, operation: string) => Promise<void>;
  /** AWS says that it was too fast. */
  readonly throttled: (service: string, operation: string) => void;
}

/**
 * The limits of one account and region.
 *
 * @param seeded  begin with AWS's published quotas; else, as for an AWS on this machine, with none
 */
export function rateLimits(clock: Clock, { seeded }: { readonly seeded: boolean }): RateLimits {
  const buckets = new Map<string, Bucket>();
  const bucketOf = (service: string, operation: string): Bucket => {
    const { name, perSecond } = quotaOf(service, operation);
    const bucket = buckets.get(name) ?? new Bucket(clock, seeded ? perSecond : undefined);
    buckets.set(name, bucket);
    return bucket;
  };
  return {
    admit: (service, operation) => bucketOf(service, operation).take(),
    throttled: (service, operation) => bucketOf(service, operation).slowDown(),
  };
}

/** Calls that may be made at once after a pause. */
const burst = 5;

/** In calls a second. Throttled further than this, it is somebody else who is fast. */
const slowest = 1;

/** By how much a throttled service is called more slowly, and after how many calls that went well it is called faster. */
const slower = 0.8;
const faster = 1.1;
const wellFor = 10;

/** As many calls as are remembered to know how fast was too fast. */
const remembered = 100;

/** A second: one that is throttled answers several calls so, and they are one sign. */
const oneSignMs = 1_000;

/** A token bucket, kept as the time at which it will be full again. */
class Bucket {
  readonly #clock: Clock;
  readonly #most: number;
  #perSecond: number;
  #fullAt = 0;
  #well = 0;
  #slowedAt = -Infinity;
  /** When the last calls were made, to know how fast was too fast. */
  readonly #recent: number[] = [];

  constructor(clock: Clock, perSecond = Infinity) {
    this.#clock = clock;
    this.#most = perSecond;
    this.#perSecond = perSecond;
  }

  async take(): Promise<void> {
    const now = this.#clock.now();
    const interval = 1_000 / this.#perSecond;
    const at = Math.max(now, this.#fullAt - (burst - 1) * interval);
    this.#fullAt = Math.max(this.#fullAt, now) + interval;
    this.#recent.push(at);
    if (this.#recent.length > remembered) this.#recent.shift();
    this.#well += 1;
    if (this.#perSecond < this.#most && this.#well >= wellFor) {
      this.#well = 0;
      this.#perSecond = Math.min(this.#most, this.#perSecond * faster);
    }
    if (at > now) await this.#clock.sleep(at - now);
  }

  slowDown(): void {
    const now = this.#clock.now();
    this.#well = 0;
    if (now - this.#slowedAt < oneSignMs) return;
    this.#slowedAt = now;
    const tooFast = Number.isFinite(this.#perSecond) ? this.#perSecond : this.#made(now);
    this.#perSecond = Math.max(slowest, tooFast * slower);
    this.#fullAt = Math.max(this.#fullAt, now + (burst * 1_000) / this.#perSecond);
  }

  /** How many calls a second there were lately. */
  #made(now: number): number {
    const lately = this.#recent.filter((at) => at <= now && now - at < oneSignMs);
    return Math.max(slowest, lately.length);
  }
}
