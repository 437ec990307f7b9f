/** The SDK's clients without HTTP: its own retries, and behind each attempt a wire to the cloud. */
import { resolveRetryConfig, retryMiddleware } from "@smithy/core/retry";
import { asAwsError } from "../../src/aws/aws-error.ts";
import { limitRate, maxAttempts } from "../../src/aws/client.ts";
import type { ClientOptions, Clients } from "../../src/aws/client.ts";
import type { AwsContext } from "../../src/aws/context.ts";
import { rateLimits } from "../../src/aws/rate.ts";
import type { RateLimits } from "../../src/aws/rate.ts";
import { sendOnce } from "../../src/aws/send-once.ts";
import type { Runtime } from "../../src/core/runtime.ts";
import { fakeAccountId, fakeRegion, Refusal } from "../contract/fake/fake-service.ts";
import type { Cloud } from "./cloud.ts";
import type { Wire } from "./wire.ts";

interface Behind {
  readonly cloud: Cloud;
  readonly wire: Wire;
  readonly runtime: Runtime;
}

/** What a resource's file calls; as `openContext` makes it. */
export function contextOver(behind: Behind): AwsContext {
  const made = new Map<string, Promise<unknown>>();
  const rate = rateLimits(behind.runtime.clock, { seeded: true });
  const client = <S extends keyof Clients>(
    service: S,
    { region = "", sendsOnce = false, silence = "usual" }: ClientOptions = {},
  ): Promise<Clients[S]> => {
    const key = `${service} ${region} ${sendsOnce} ${silence}`;
    const known = made.get(key) ?? clientOver(service, sendsOnce, { ...behind, rate });
    made.set(key, known);
    return known as Promise<Clients[S]>;
  };
  return {
    client,
    region: fakeRegion,
    accountId: () => Promise.resolve(fakeAccountId),
    runtime: behind.runtime,
  };
}

type Attempt = Parameters<ReturnType<typeof retryMiddleware>>[0];

async function clientOver<S extends keyof Clients>(
  service: S,
  sendsOnce: boolean,
  { cloud, wire, runtime, rate }: Behind & { readonly rate: RateLimits },
): Promise<Clients[S]> {
  const config = resolveRetryConfig({ maxAttempts, retryMode: "standard" } as never) as Parameters<
    typeof retryMiddleware
  >[0] & { retryStrategy: () => Promise<object> };
  if (sendsOnce) await sendOnce(config);
  const signer = { knowsTime: false };
  const calls = cloud.fakes[service] as Readonly<Record<string, unknown>> | undefined;

  const send = async (operation: string, input: unknown): Promise<unknown> => {
    const method = calls?.[operation];
    if (typeof method !== "function") throw new Error(`the fake knows no ${service}.${operation}`);
    const work = (): Promise<object> => method(input) as Promise<object>;
    const attempt = async () => {
      const output = await wire.attempt({ service, operation }, { input, work, signer });
      return { response: {}, output: { ...output, $metadata: {} } };
    };
    const commandName = `${nameOf(operation)}Command`;
    const limited = inTurn(service, rate)(attempt, { commandName });
    const middleware = retryMiddleware(config)(limited as unknown as Attempt, {} as never);
    const { output } = await middleware({ input, request: undefined } as never);
    return output;
  };

  const call = (operation: string) => async (input: unknown) => {
    const started = runtime.clock.now();
    const event = {
      type: "call" as const,
      service,
      operation: nameOf(operation),
    };
    const elapsed = () => ({ elapsedMs: runtime.clock.now() - started });
    try {
      const output = await send(operation, input);
      runtime.emit({ ...event, ...elapsed() });
      return output;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const failure = asAwsError(error, { ...event, region: fakeRegion });
      runtime.emit({ ...event, ...elapsed(), error: failure.awsName });
      throw failure;
    }
  };
  return new Proxy({} as Clients[S], {
    // A client is handed on by promises, which look for `then`.
    get: (_target, name) => (typeof name === "string" && name !== "then" ? call(name) : undefined),
  });
}

type Middleware = Parameters<Parameters<typeof limitRate>[0]["addRelativeTo"]>[0];

/** The middleware that `limitRate` puts into a client's stack. */
function inTurn(service: string, rate: RateLimits): Middleware {
  const added: Middleware[] = [];
  limitRate({ addRelativeTo: (middleware) => void added.push(middleware) }, service, rate);
  const [middleware] = added;
  if (middleware === undefined) throw new Error("nothing limits the rate of calls");
  return middleware;
}

/** `GetFunction` of `getFunction`. */
function nameOf(method: string): string {
  return method.charAt(0).toUpperCase() + method.slice(1);
}
