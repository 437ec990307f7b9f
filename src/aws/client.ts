/** The one file that loads the AWS SDK: a client a service, made on first use. */
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { IAM } from "@aws-sdk/client-iam";
import type { Lambda } from "@aws-sdk/client-lambda";
import type { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import type { S3 } from "@aws-sdk/client-s3";
import type { SQS } from "@aws-sdk/client-sqs";
import type { STS } from "@aws-sdk/client-sts";
import type { Runtime } from "../core/runtime.ts";
import { asAwsError, isThrottling } from "./aws-error.ts";
import { rateLimits } from "./rate.ts";
import type { RateLimits } from "./rate.ts";
import { sendOnce } from "./send-once.ts";

export interface Clients {
  readonly lambda: Lambda;
  readonly iam: IAM;
  readonly sqs: SQS;
  readonly s3: S3;
  readonly logs: CloudWatchLogs;
  readonly sts: STS;
  /** For locks. */
  readonly dynamodb: DynamoDB;
  readonly tagging: ResourceGroupsTaggingAPI;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ClientSettings {
  /** Default: the SDK's own chain, environment and profile. */
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: Credentials;
  /** A role to assume first. */
  readonly assumeRole?: { readonly arn: string; readonly externalId?: string };
}

/** Attempts a call gets at most; the SDK spaces them out, and `rateLimits` slows down all calls of the service. */
export const maxAttempts = 8;

/** How long AWS may say nothing, in milliseconds; one after the other for each attempt. */
export const silence = {
  usual: 60_000,
  /** @source Lambda developer guide, "Lambda quotas": a function runs for at most 900 s */
  whileFunctionRuns: 910_000,
};

export interface ClientOptions {
  /** Default: the account's. */
  readonly region?: string;
  /** For calls that must not be done twice: one whose outcome is unknown is not sent again. */
  readonly sendsOnce?: boolean;
  /** For calls that answer only when a function has ended. */
  readonly silence?: keyof typeof silence;
}

/** A function that gives the client of a service in a region, the same one each time. */
export function clientsOf(
  settings: ClientSettings,
  runtime: Runtime,
): <S extends keyof Clients>(service: S, options?: ClientOptions) => Promise<Clients[S]> {
  const made = new Map<string, Promise<unknown>>();
  const limits = new Map<string, RateLimits>();
  const limitsOf = (region: string): RateLimits => {
    const known =
      limits.get(region) ?? rateLimits(runtime.clock, { seeded: isAws(settings.endpoint) });
    limits.set(region, known);
    return known;
  };
  return <S extends keyof Clients>(
    service: S,
    options: ClientOptions = {},
  ): Promise<Clients[S]> => {
    const { silence: silent = "usual", ...more } = options;
    const { region = "", sendsOnce = false } = more;
    const key = `${service} ${region} ${sendsOnce} ${silent}`;
    const known = made.get(key);
    if (known !== undefined) return known as Promise<Clients[S]>;
    const rate = limitsOf(region);
    const client = make(
      service,
      { ...settings, ...more, silenceMs: silence[silent], rate },
      runtime,
    );
    made.set(key, client);
    return client;
  };
}

/** The one part of the SDK's middleware that is the same for every client. */
interface MiddlewareStack {
  readonly add: (
    middleware: (
      next: (args: unknown) => Promise<unknown>,
      context: { readonly clientName?: string; readonly commandName?: string },
    ) => (args: unknown) => Promise<unknown>,
    options: { step: "initialize"; priority: "high"; name: string },
  ) => void;
  readonly addRelativeTo: (
    middleware: Parameters<MiddlewareStack["add"]>[0],
    options: { relation: "after"; toMiddleware: string; name: string },
  ) => void;
}

/** Each attempt waits its turn, and says when AWS found it too fast. */
export function limitRate(
  stack: Pick<MiddlewareStack, "addRelativeTo">,
  service: string,
  rate: RateLimits,
): void {
  stack.addRelativeTo(
    (next, { commandName = "" }) =>
      async (args) => {
        const operation = commandName.replace(/Command$/u, "");
        await rate.admit(service, operation);
        try {
          return await next(args);
        } catch (error) {
          if (isThrottling(error)) rate.throttled(service, operation);
          throw error;
        }
      },
    { relation: "after", toMiddleware: "retryMiddleware", name: "touchdownRate" },
  );
}

interface MakeSettings extends ClientSettings, Omit<ClientOptions, "region" | "silence"> {
  readonly silenceMs: number;
  readonly rate: RateLimits;
}

async function make<S extends keyof Clients>(
  service: S,
  settings: MakeSettings,
  runtime: Runtime,
): Promise<Clients[S]> {
  const config = await configOf(settings);
  const client = await constructors[service](config);
  if (settings.sendsOnce === true) await sendOnce(client.config);
  const stack = client.middlewareStack as unknown as MiddlewareStack;
  limitRate(stack, service, said(settings.rate, runtime));
  stack.add(
    (next, context) => async (args) => {
      const started = runtime.clock.now();
      const call = {
        type: "call" as const,
        service: (context.clientName ?? service).replace(/Client$/u, ""),
        operation: (context.commandName ?? "").replace(/Command$/u, ""),
      };
      try {
        const result = await next(args);
        runtime.emit({ ...call, elapsedMs: runtime.clock.now() - started });
        return result;
      } catch (error) {
        const failure = asAwsError(error, { ...settings, ...call });
        const elapsedMs = runtime.clock.now() - started;
        runtime.emit({ ...call, elapsedMs, error: failure.awsName });
        throw failure;
      }
    },
    { step: "initialize", priority: "high", name: "touchdown" },
  );
  return client;
}

/** Limits that say when a service throttles. */
function said(rate: RateLimits, { emit }: Runtime): RateLimits {
  return {
    ...rate,
    throttled: (service, operation) => {
      rate.throttled(service, operation);
      emit({ type: "throttled", service: serviceNames[service as keyof Clients], operation });
    },
  };
}

/** For people. */
const serviceNames: { readonly [S in keyof Clients]: string } = {
  lambda: "Lambda",
  iam: "IAM",
  sqs: "SQS",
  s3: "S3",
  logs: "CloudWatch Logs",
  sts: "STS",
  dynamodb: "DynamoDB",
  tagging: "the tagging API",
};

/** Whether AWS itself is called: what stands in for it has no quotas. */
function isAws(endpoint = process.env["AWS_ENDPOINT_URL"]): boolean {
  return endpoint === undefined || /^https:\/\/[^/]+\.amazonaws\.com(\.cn)?(\/|$)/u.test(endpoint);
}

type Config = Awaited<ReturnType<typeof configOf>>;

async function configOf(settings: MakeSettings) {
  const { region, endpoint, profile, silenceMs } = settings;
  const credentials = await credentialsOf(settings);
  return {
    ...(region === undefined ? {} : { region }),
    maxAttempts,
    retryMode: "standard",
    requestHandler: { connectionTimeout: 5_000, socketTimeout: silenceMs },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** Undefined: the SDK's own chain. A role is assumed with whatever would be used without it. */
async function credentialsOf(settings: ClientSettings) {
  const { credentials, profile, assumeRole, region, endpoint } = settings;
  if (assumeRole === undefined) return credentials;
  const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const { arn, externalId } = assumeRole;
  return fromTemporaryCredentials({
    ...(credentials === undefined ? {} : { masterCredentials: credentials }),
    params: {
      RoleArn: arn,
      RoleSessionName: "touchdown",
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    clientConfig: {
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(profile === undefined ? {} : { profile }),
    },
  });
}

const constructors: { readonly [S in keyof Clients]: (config: Config) => Promise<Clients[S]> } = {
  lambda: async (config) => new (await import("@aws-sdk/client-lambda")).Lambda(config),
  iam: async (config) => new (await import("@aws-sdk/client-iam")).IAM(config),
  sqs: async (config) => new (await import("@aws-sdk/client-sqs")).SQS(config),
  // An endpoint given by name rarely answers at bucket.host. A bucket may be in any region.
  s3: async (config) =>
    new (await import("@aws-sdk/client-s3")).S3({
      ...config,
      followRegionRedirects: true,
      forcePathStyle:
        config.endpoint !== undefined || process.env["AWS_ENDPOINT_URL"] !== undefined,
    }),
  logs: async (config) =>
    new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogs(config),
  sts: async (config) => new (await import("@aws-sdk/client-sts")).STS(config),
  dynamodb: async (config) => new (await import("@aws-sdk/client-dynamodb")).DynamoDB(config),
  tagging: async (config) =>
    new (await import("@aws-sdk/client-resource-groups-tagging-api")).ResourceGroupsTaggingAPI(
      config,
    ),
};
