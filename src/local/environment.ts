import { devNull } from "node:os";

/** Variables that say how to call AWS, but neither whom nor as whom. */
const harmless = [
  "AWS_MAX_ATTEMPTS",
  "AWS_PAGER",
  "AWS_RETRY_MODE",
  "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
];

/**
 * What `--local` does to the environment: whatever reads it (AWS's SDKs, the `aws` program, boto3) reaches the embedded
 * AWS and nothing else, with credentials that are worth nothing elsewhere.
 *
 * @param endpoint  of the embedded AWS, for example `http://127.0.0.1:41234`
 * @param current   the environment now
 * @returns         what to set, and as `undefined` what to remove
 */
export function localEnvironment(
  endpoint: string,
  current: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const others = Object.keys(current)
    .filter((name) => name.toUpperCase().startsWith("AWS_") && !harmless.includes(name))
    .map((name) => [name, undefined] as const);
  const region = current["AWS_REGION"] || current["AWS_DEFAULT_REGION"] || "us-east-1";
  return {
    ...Object.fromEntries(others),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // profiles could name another endpoint, a role, or a program that gives credentials
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    ...noProxy(current),
  };
}

/**
 * Credentials that are worth nothing elsewhere. The embedded AWS takes an access key of twelve digits for the account's
 * number, so that several accounts of a workspace are several there.
 *
 * @source ministack's README, “Multi-tenancy”
 */
export function localCredentials(account = "test") {
  return { accessKeyId: account, secretAccessKey: "test" };
}

/** Both spellings of NO_PROXY, with the loopback address added: a proxy cannot reach it. */
export function noProxy(
  current: Readonly<Record<string, string | undefined>>,
): Record<"NO_PROXY" | "no_proxy", string> {
  const before = current["NO_PROXY"] || current["no_proxy"];
  const list = [...(before === undefined ? [] : [before]), "127.0.0.1", "localhost"].join(",");
  return { NO_PROXY: list, no_proxy: list };
}
