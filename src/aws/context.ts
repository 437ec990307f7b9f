/** What a resource's file calls: clients, and the run it is part of. */
import type { Runtime } from "../core/runtime.ts";
import type { Scope } from "../core/declared.ts";
import { clientsOf } from "./client.ts";
import type { ClientSettings, Clients } from "./client.ts";

export interface AwsContext {
  /** `const sqs = await context.client("sqs")`; its errors are `AwsError`s. */
  readonly client: <S extends keyof Clients>(service: S) => Promise<Clients[S]>;
  readonly region: string;
  /** The 12 digits, asked of AWS once a run. */
  readonly accountId: () => Promise<string>;
  /** Where zips over 50 MB go, by bucket name. */
  readonly artifactBucket?: string;
  readonly runtime: Runtime;
}

export interface AccountSettings extends ClientSettings {
  readonly artifactBucket?: string;
  /** Tells several accounts of one workspace apart; empty for the only one. */
  readonly label: string;
}

/** The scope of an account's resources: its context is opened once a run. */
export function accountScope(settings: AccountSettings): Scope {
  return {
    label: settings.label,
    open: (runtime) => Promise.resolve(openContext(settings, runtime)),
  };
}

export function openContext(settings: AccountSettings, runtime: Runtime): AwsContext {
  const client = clientsOf(settings, runtime);
  let account: Promise<string> | undefined;
  const askAccount = async (): Promise<string> => {
    const identity = await (await client("sts")).getCallerIdentity({});
    return identity.Account ?? "";
  };
  return {
    client,
    region: settings.region,
    accountId: () => (account ??= askAccount()),
    runtime,
    ...(settings.artifactBucket === undefined ? {} : { artifactBucket: settings.artifactBucket }),
  };
}
