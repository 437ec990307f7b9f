/** A fake account as far away as AWS is: calls take time, and go over quotas that are held to. */
import { AwsError } from "../../src/aws/aws-error.ts";
import type { Clients } from "../../src/aws/client.ts";
import type { AwsContext } from "../../src/aws/context.ts";
import { accountScope } from "../../src/aws/context.ts";
import { rateLimits } from "../../src/aws/rate.ts";
import type { RateLimits } from "../../src/aws/rate.ts";
import type { Scope } from "../../src/core/declared.ts";
import type { Clock, Runtime } from "../../src/core/runtime.ts";
import { fakeContext, Faults, Refusal } from "../../test/contract/fake/fake-service.ts";
import type { Fakes } from "../../test/contract/fake/fake-service.ts";
import { fakeIam } from "../../test/contract/fake/iam.ts";
import { fakeLambda } from "../../test/contract/fake/lambda.ts";
import { fakeSqs } from "../../test/contract/fake/sqs.ts";
import { fakeTagging } from "../../test/contract/fake/tagging.ts";
import { EventClock } from "../../test/support/event-clock.ts";

/** From here to AWS and back. */
const awayMs = 80;

/** Attempts a call gets, and what the SDK waits after the first; twice as long each time. */
const attempts = 8;
const backOffMs = 500;

/** @source Lambda developer guide, "Lambda quotas", API requests; how many at once is not published: a second's worth */
const quotas: Readonly<Record<string, number>> = { GetFunction: 100, others: 15 };

export class FarAccount {
  readonly clock = new EventClock();
  readonly #fakes = fakesOn(this.clock);
  readonly #quotas = new Quotas(this.clock);

  /** A context with the limiter of `aws/client.ts` before the calls, and the quotas behind them. */
  scope(): Scope {
    const { label, ...more } = accountScope({ label: "" });
    const open = (runtime: Runtime): Promise<AwsContext> => Promise.resolve(this.#context(runtime));
    return { ...more, label, open };
  }

  #context(runtime: Runtime): AwsContext {
    const rate = rateLimits(this.clock, { seeded: true });
    const near = fakeContext(this.#far(), new Faults(), runtime);
    const client = async <S extends keyof Clients>(service: S): Promise<Clients[S]> =>
      patient(await near.client(service), { service, rate, clock: this.clock });
    return { ...near, client };
  }

  #far(): Fakes {
    const far = Object.entries(this.#fakes).map(([service, calls]) => [
      service,
      everyCall(calls, (operation, work) => this.#send(service, operation, work)),
    ]);
    return Object.fromEntries(far) as Fakes;
  }

  async #send(service: string, operation: string, work: () => unknown): Promise<unknown> {
    await this.clock.sleep(awayMs / 2);
    const refused = service === "lambda" && !this.#quotas.take(operation);
    const answer = refused ? undefined : await work();
    await this.clock.sleep(awayMs / 2);
    if (refused) throw new Refusal("TooManyRequestsException", "Rate exceeded", 429);
    return answer;
  }
}

function fakesOn(clock: Clock): Fakes {
  const { client, functions } = fakeLambda(clock);
  const tagged = () =>
    [...functions.values()].map(({ configuration, tags }) => ({
      arn: configuration.FunctionArn ?? "",
      tags,
    }));
  return { lambda: client, iam: fakeIam(), sqs: fakeSqs(clock), tagging: fakeTagging(tagged) };
}

/** Token buckets, as AWS has them: what comes too soon is refused. */
class Quotas {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(operation: string): boolean {
    const name = operation === "getFunction" ? "GetFunction" : "others";
    const perSecond = quotas[name] ?? Infinity;
    const now = this.#clock.now();
    const { tokens, at } = this.#buckets.get(name) ?? { tokens: perSecond, at: now };
    const filled = Math.min(perSecond, tokens + ((now - at) / 1_000) * perSecond);
    const taken = filled >= 1;
    this.#buckets.set(name, { tokens: taken ? filled - 1 : filled, at: now });
    return taken;
  }
}

interface Patience {
  readonly service: string;
  readonly rate: RateLimits;
  readonly clock: Clock;
}

/** A client that waits its turn, and tries again what was too fast. */
function patient<C extends object>(client: C, { service, rate, clock }: Patience): C {
  return everyCall(client, async (method, work) => {
    const operation = method.charAt(0).toUpperCase() + method.slice(1);
    for (let attempt = 1; ; attempt += 1) {
      await rate.admit(service, operation);
      try {
        return await work();
      } catch (error) {
        const throttled = error instanceof AwsError && error.awsName === "TooManyRequestsException";
        if (!throttled) throw error;
        rate.throttled(service, operation);
        if (attempt === attempts) throw error;
        await clock.sleep(backOffMs * 2 ** (attempt - 1));
      }
    }
  });
}

type Call = (input: unknown) => unknown;

function everyCall<C extends object>(
  calls: C,
  around: (operation: string, work: () => unknown) => Promise<unknown>,
): C {
  return new Proxy({} as C, {
    get: (_target, name) => {
      const call = Reflect.get(calls, name) as Call | undefined;
      if (typeof call !== "function" || typeof name !== "string") return call;
      return (input: unknown) => around(name, () => call(input));
    },
  });
}
