/** What a resource's file calls: clients, and the run it is part of. */
import type { Runtime } from "../core/runtime.ts";
import type { Scope } from "../core/declared.ts";
import { TouchdownError } from "../errors.ts";
import { asAwsError } from "./aws-error.ts";
import { clientsOf } from "./client.ts";
import type { ClientOptions, ClientSettings, Clients } from "./client.ts";

export interface AwsContext {
  /** `const sqs = await context.client("sqs")`; its errors are `AwsError`s. */
  readonly client: <S extends keyof Clients>(
    service: S,
    options?: ClientOptions,
  ) => Promise<Clients[S]>;
  readonly region: string;
  /** The 12 digits, asked of AWS once a run. */
  readonly accountId: () => Promise<string>;
  /** Where zips over 50 MB go, by bucket name. */
  readonly artifactBucket?: string;
  readonly runtime: Runtime;
}

export interface AccountSettings extends ClientSettings {
  readonly artifactBucket?: string;
  /** Whose credentials they must be, where that is said: 12 digits. */
  readonly expectAccount?: string;
  /** Where the lock is that a run takes before it changes anything. */
  readonly lock?: { readonly bucket?: string; readonly table?: string; readonly key?: string };
  /** Tells several accounts of one workspace apart; empty for the only one. */
  readonly label: string;
}

/**
 * Most of a function's time is waiting for AWS, three seconds or more each, and fifteen calls a second may be made
 * meanwhile: with fewer at once, their number and not the quota would be what limits a first deploy.
 */
const atOnce = 64;

/** The scope of an account's resources: its context is opened once a run. */
export function accountScope(settings: AccountSettings): Scope {
  return {
    label: settings.label,
    atOnce,
    open: (runtime) => openContext(settings, runtime),
  };
}

/** @throws CREDENTIALS or REGION, before any call; ACCOUNT, after one to STS, where an account is expected */
export async function openContext(
  settings: AccountSettings,
  runtime: Runtime,
): Promise<AwsContext> {
  const client = clientsOf(settings, runtime);
  const region = await settle(client, settings);
  let account: Promise<string> | undefined;
  const askAccount = async (): Promise<string> => {
    const identity = await (await client("sts")).getCallerIdentity({});
    return identity.Account ?? "";
  };
  const accountId = (): Promise<string> => (account ??= askAccount());
  if (settings.expectAccount !== undefined) refuseOther(settings, await accountId());
  return {
    client,
    region,
    accountId,
    runtime,
    ...(settings.artifactBucket === undefined ? {} : { artifactBucket: settings.artifactBucket }),
  };
}

function refuseOther({ expectAccount, label }: AccountSettings, account: string): void {
  if (account === expectAccount) return;
  const who = label === "" ? "addAws" : `addAws ${label}`;
  const message = `${who} expects account ${expectAccount}, and these credentials are of account ${account}`;
  throw new TouchdownError("ACCOUNT", message, {
    hint: "use others with --profile or AWS_PROFILE, or correct expectAccount",
  });
}

/** Resolve credentials and region by the SDK's own chain, asking nobody at AWS where they are at hand. */
async function settle(client: AwsContext["client"], settings: AccountSettings): Promise<string> {
  const { config } = await client("sts");
  const call = { ...settings, service: "STS", operation: "AssumeRole" };
  try {
    await config.credentials();
  } catch (error) {
    throw asAwsError(error, call);
  }
  try {
    return await config.region();
  } catch (cause) {
    throw new TouchdownError("REGION", "no AWS region is named", {
      hint: 'write addAws({ region: "eu-west-1" }), add --region, or set AWS_REGION',
      cause,
    });
  }
}
