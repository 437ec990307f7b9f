/** What every fake of a service is made of: calls by name, refusals, pages. */
import { asAwsError } from "../../../src/aws/aws-error.ts";
import type { Clients } from "../../../src/aws/client.ts";
import type { AwsContext } from "../../../src/aws/context.ts";
import type { Runtime } from "../../../src/core/runtime.ts";

/** A client's method as a fake writes it: input to output, without the SDK's envelope. */
type Call<Method> = Method extends {
  (args: infer Input, options?: infer _Options): Promise<infer Output>;
  (args: infer _Input, callback: infer _Callback): void;
  (args: infer _Input2, options: infer _Options2, callback: infer _Callback2): void;
}
  ? (input: Input) => Promise<Omit<Output, "$metadata">>
  : never;

/** The calls of a service that its fake knows; any other fails the test. */
export type FakeOf<Client> = { readonly [M in keyof Client]?: Call<Client[M]> };

export type Fakes = { readonly [S in keyof Clients]?: FakeOf<Clients[S]> };

export const fakeAccountId = "123456789012";
export const fakeRegion = "eu-west-1";

/** A refusal by AWS, by AWS's own name. Anything else a fake throws is a fault of the test. */
export class Refusal extends Error {
  /** As on the SDK's errors. */
  readonly $metadata: { readonly httpStatusCode?: number };

  constructor(awsName: string, message: string, status?: number) {
    super(message);
    this.name = awsName;
    this.$metadata = { httpStatusCode: status ?? 400 };
  }
}

/** Nobody answered: what was asked for may have been done. */
export class NoAnswer extends Refusal {
  override readonly $metadata = {};

  constructor() {
    super("TimeoutError", "Connection timed out after 120000 ms");
  }
}

/** Refusals that a test puts in the way of calls. */
export class Faults {
  readonly #next = new Map<string, Refusal[]>();
  readonly #lost = new Map<string, Refusal>();
  readonly #stale = new Map<string, object>();
  #always: Refusal | undefined;
  #calls = 0;
  #kill: { readonly call: number; readonly when: "before" | "after" } | undefined;

  /** The next call of this kind is refused, once: `sqs.createQueue`. */
  once(call: string, error: Refusal): void {
    this.#next.set(call, [...(this.#next.get(call) ?? []), error]);
  }

  /** The next call of this kind is done, and its answer does not arrive. */
  lose(call: string, error: Refusal): void {
    this.#lost.set(call, error);
  }

  /** The next call of this kind is not done, and has this answer. */
  stale(call: string, answer: object): void {
    this.#stale.set(call, answer);
  }

  takeStale(call: string): object | undefined {
    const answer = this.#stale.get(call);
    this.#stale.delete(call);
    return answer;
  }

  /** Every call is refused from now on. */
  always(error: Refusal): void {
    this.#always = error;
  }

  /** The run is killed before or after a call, counted from now on and from 1: nothing that it asks for later is done. */
  killAt(call: number, when: "before" | "after"): void {
    this.#calls = 0;
    this.#kill = { call, when };
  }

  /** Another run begins. */
  revive(): void {
    this.#kill = undefined;
  }

  take(call: string): Refusal | undefined {
    this.#calls += 1;
    const { call: last = Infinity, when } = this.#kill ?? {};
    if (this.#calls > last || (this.#calls === last && when === "before")) return killed();
    return this.#always ?? this.#next.get(call)?.shift();
  }

  takeLost(call: string): Refusal | undefined {
    if (this.#calls >= (this.#kill?.call ?? Infinity)) return killed();
    const lost = this.#lost.get(call);
    this.#lost.delete(call);
    return lost;
  }
}

function killed(): Refusal {
  return new Refusal("Killed", "the run was killed");
}

/** What a resource's file calls, with fakes behind it: the same in every region, or each region's. */
export function fakeContext(
  fakes: Fakes | ((region: string) => Fakes),
  faults: Faults,
  runtime: Runtime,
): AwsContext {
  const fakesIn = typeof fakes === "function" ? fakes : () => fakes;
  return {
    client: (service, { region = fakeRegion } = {}) =>
      Promise.resolve(fakeClient(service, { fakes: fakesIn(region), faults, runtime })),
    region: fakeRegion,
    accountId: () => Promise.resolve(fakeAccountId),
    artifactBucket: "fake-artifacts",
    runtime,
  };
}

interface Behind {
  readonly fakes: Fakes;
  readonly faults: Faults;
  readonly runtime: Runtime;
}

/** The calls alone of a client, with the SDK's errors and touchdown's events. */
function fakeClient<S extends keyof Clients>(service: S, behind: Behind): Clients[S] {
  const { fakes, faults, runtime } = behind;
  const calls = fakes[service] as Readonly<Record<string, unknown>> | undefined;
  const call = (operation: string) => async (input: unknown) => {
    const work = calls?.[operation];
    if (typeof work !== "function") throw new Error(`the fake knows no ${service}.${operation}`);
    const name = operation.charAt(0).toUpperCase() + operation.slice(1);
    const event = { type: "call" as const, service, operation: name, elapsedMs: 0 };
    try {
      const fault = faults.take(`${service}.${operation}`);
      if (fault !== undefined) throw fault;
      const before = faults.takeStale(`${service}.${operation}`);
      const output = before ?? ((await work(input)) as object);
      const lost = faults.takeLost(`${service}.${operation}`);
      if (lost !== undefined) throw lost;
      runtime.emit(event);
      return { ...output, $metadata: {} };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const failure = asAwsError(error, { ...event, region: fakeRegion });
      runtime.emit({ ...event, error: failure.awsName });
      throw failure;
    }
  };
  const target = {} as Clients[S];
  return new Proxy(target, {
    // A client is handed on by promises, which look for `then`.
    get: (_target, name) => (typeof name === "string" && name !== "then" ? call(name) : undefined),
  });
}

/** One small page of a list, so that who reads only the first is found out. */
export function page<T>(
  items: readonly T[],
  token: string | undefined,
  size = 2,
): { items: T[]; next: string | undefined } {
  const start = token === undefined ? 0 : Number(token);
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? String(end) : undefined,
  };
}
