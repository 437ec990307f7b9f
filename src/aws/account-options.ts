/** `addAws({…})`, the command line and the environment → one account's settings. */
import * as z from "zod/mini";
import { strictObject } from "../core/strict-object.ts";
import { bucketName } from "./s3/bucket-name.ts";
import type { AccountSettings } from "./context.ts";

const text = z.string().check(z.minLength(1));

/** As regions are named; which there are, AWS alone knows. */
const regionName = /^[a-z]{2,4}(-[a-z]+)+-\d$/u;

export const accountOptions = strictObject({
  /** @source AWS general reference, regional endpoints; default: AWS_REGION, then the profile's */
  region: z.optional(z.string().check(z.regex(regionName, "must be a region such as eu-west-1"))),
  /** A profile of `~/.aws/config`. Default: AWS_PROFILE, then the SDK's own chain of credentials. */
  profile: z.optional(text),
  /** Another address for every service. */
  endpoint: z.optional(
    z.url({ protocol: /^https?$/u, error: "must be an address such as http://127.0.0.1:4566" }),
  ),
  /** Better left to the SDK's chain: environment, profile, SSO, roles. */
  accessKeyId: z.optional(text),
  secretAccessKey: z.optional(text),
  sessionToken: z.optional(text),
  /** A role to assume first, in this account or another. */
  assumeRole: z.optional(
    z.strictObject({
      arn: z
        .string()
        .check(
          z.regex(
            /^arn:[^:]+:iam::\d{12}:role\/.+$/u,
            "must be a role's ARN (arn:aws:iam::…:role/…)",
          ),
        ),
      externalId: z.optional(text),
    }),
  ),
  /** The 12 digits of the account that is meant: with credentials of another nothing is done. */
  expectAccount: z.optional(
    z.string().check(z.regex(/^\d{12}$/u, "must be an account's 12 digits")),
  ),
  /** The bucket through which zips over 50 MB go, each under its sha256. */
  artifactBucket: z.optional(text),
  /**
   * For teams: while another run holds the lock, `apply` and `destroy` of the workspace are refused. It is a file in a
   * bucket, or an item of a DynamoDB table, of this account; that must be there. Default: no lock.
   */
  lock: z.optional(
    strictObject({
      bucket: z.optional(bucketName),
      /** Its partition key is `LockID`, a string. */
      table: z.optional(text),
      /** Default: the workspace's name and `.lock`; of one without a name, `touchdown.lock`. */
      key: z.optional(text.check(z.maxLength(1_024))),
    }).check(
      z.refine(
        ({ bucket, table }) => (bucket === undefined) !== (table === undefined),
        "takes either a bucket or a table",
      ),
    ),
  ),
  /** Tells this account apart from others of the same workspace. */
  name: z.optional(text),
});

export type AccountOptions = z.input<typeof accountOptions>;

/** What the command line puts in place of a Touchdownfile's own. */
export interface AccountOverrides {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  /**
   * With these, no profile is read and no role assumed.
   *
   * @param account  the 12 digits that `expectAccount` names, or the role to assume; undefined where nothing does
   */
  readonly credentials?: (
    account: string | undefined,
  ) => NonNullable<AccountSettings["credentials"]>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The command line's word counts most, then `addAws`'s, then the environment's and the profile's. */
export function accountSettings(
  options: z.output<typeof accountOptions>,
  overrides: AccountOverrides,
  environment: Environment,
): AccountSettings {
  const endpoint = overrides.endpoint ?? options.endpoint ?? environment["AWS_ENDPOINT_URL"];
  const region =
    overrides.region ??
    options.region ??
    environment["AWS_REGION"] ??
    environment["AWS_DEFAULT_REGION"];
  const { artifactBucket, name = "" } = options;
  return {
    label: name,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(artifactBucket === undefined ? {} : { artifactBucket }),
    ...shared(options, overrides),
    ...identity(options, overrides),
  };
}

/** What matters of an account that others use as well; the AWS on this machine is nobody's. */
function shared(
  { expectAccount, lock }: z.output<typeof accountOptions>,
  { credentials }: AccountOverrides,
): Pick<AccountSettings, "expectAccount" | "lock"> {
  if (credentials !== undefined) return {};
  return {
    ...(expectAccount === undefined ? {} : { expectAccount }),
    ...(lock === undefined ? {} : { lock: given(lock) }),
  };
}

function given({ bucket, table, key }: LockOptions): NonNullable<AccountSettings["lock"]> {
  return {
    ...(bucket === undefined ? {} : { bucket }),
    ...(table === undefined ? {} : { table }),
    ...(key === undefined ? {} : { key }),
  };
}

type LockOptions = NonNullable<z.output<typeof accountOptions>["lock"]>;

type Identity = Pick<AccountSettings, "profile" | "credentials" | "assumeRole">;

function identity(options: z.output<typeof accountOptions>, overrides: AccountOverrides): Identity {
  const { accessKeyId, secretAccessKey, sessionToken, assumeRole } = options;
  if (overrides.credentials !== undefined) {
    const account = options.expectAccount ?? assumeRole?.arn.split(":")[4];
    return { credentials: overrides.credentials(account) };
  }
  const profile = overrides.profile ?? options.profile;
  const role = assumeRole === undefined ? {} : { assumeRole: present(assumeRole) };
  if (profile !== undefined && (overrides.profile !== undefined || accessKeyId === undefined)) {
    return { profile, ...role };
  }
  if (accessKeyId === undefined || secretAccessKey === undefined) return role;
  const token = sessionToken === undefined ? {} : { sessionToken };
  return { credentials: { accessKeyId, secretAccessKey, ...token }, ...role };
}

function present({ arn, externalId }: { arn: string; externalId?: string | undefined }) {
  return externalId === undefined ? { arn } : { arn, externalId };
}
