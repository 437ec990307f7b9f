/** What AWS and its SDK answer when they refuse, as errors a person can act on. */
import { TouchdownError } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";
import { iamAction } from "./iam-action.ts";

/** A refusal by AWS. `awsName` is AWS's own: `ResourceNotFoundException`. */
export class AwsError extends TouchdownError {
  readonly awsName: string;
  readonly awsMessage: string;

  constructor(
    code: ErrorCode,
    message: string,
    options: { awsName: string; awsMessage: string; hint?: string; cause: unknown },
  ) {
    super(code, message, options);
    this.awsName = options.awsName;
    this.awsMessage = options.awsMessage;
  }
}

interface CallOf {
  readonly service: string;
  readonly operation: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
}

/** `undefined` if AWS says by one of `names` that the thing is not there; every other error is thrown. */
export async function unlessMissing<T>(
  names: string | readonly string[],
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsError && [names].flat().includes(error.awsName)) return undefined;
    throw error;
  }
}

/**
 * Whether what was asked for may have been done, although the call failed: nobody answered, or AWS
 * was at fault. It is not where AWS refused it.
 */
export function isDoubtful(error: unknown): boolean {
  if (!(error instanceof AwsError) || error.code === "CREDENTIALS") return false;
  const status = statusOf(error.cause);
  return status === undefined || status < 400 || status >= 500 || status === requestTimeout;
}

/** @source RFC 9110 §15.5.9: the server gave up waiting for the request */
const requestTimeout = 408;

/** The HTTP status of AWS's answer, as the SDK notes it on its errors. */
export function statusOf(cause: unknown): number | undefined {
  const { $metadata } = (cause ?? {}) as { readonly $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly names: readonly string[];
  readonly message: (call: CallOf, awsMessage: string) => string;
  readonly hint: (call: CallOf) => string;
}

const throttlings: readonly string[] = [
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "TooManyRequestsException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "SlowDown",
];

/** @source RFC 6585 §4: too many requests in a given time */
const tooManyRequests = 429;

/** Whether AWS says that it was called too fast. */
export function isThrottling(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return throttlings.includes(error.name) || statusOf(error) === tooManyRequests;
}

const refusals: readonly Refusal[] = [
  {
    code: "CREDENTIALS",
    names: ["CredentialsProviderError", "TokenProviderError"],
    message: ({ profile }, said) =>
      `no AWS credentials were found${profile === undefined ? "" : ` in profile ${profile}`}${reason(said)}`,
    hint: () => "set AWS_PROFILE or run `aws configure`; to try without an account, add --local",
  },
  {
    code: "CREDENTIALS",
    names: [
      "ExpiredToken",
      "ExpiredTokenException",
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "InvalidAccessKeyId",
      "AuthorizationHeaderMalformed",
      "RequestExpired",
      "RequestTimeTooSkewed",
    ],
    message: (_call, said) => `AWS does not accept these credentials: ${said}`,
    hint: () => "log in again, or check the profile and the clock; running again goes on from here",
  },
  {
    code: "ACCESS_DENIED",
    names: ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"],
    message: ({ service, operation }, said) => `${service} ${operation} was denied: ${said}`,
    hint: ({ service, operation }) =>
      `allow ${iamAction(service, operation)} to these credentials, or use others`,
  },
  {
    code: "THROTTLED",
    names: throttlings,
    message: ({ service, operation }, said) =>
      `${service} ${operation} was throttled, and again after waiting: ${said}`,
    hint: () => "wait a minute and run the same command again: it goes on from here",
  },
  {
    code: "ENDPOINT_DOWN",
    names: [
      "ECONNREFUSED",
      "ENOTFOUND",
      "ECONNRESET",
      "EAI_AGAIN",
      "EHOSTUNREACH",
      "ENETUNREACH",
      "EPIPE",
      "ETIMEDOUT",
      "TimeoutError",
    ],
    message: ({ service, region, endpoint }, said) =>
      `can't reach ${service} ${endpoint === undefined ? `in ${region ?? "its region"}` : `at ${endpoint}`}: ${said}`,
    hint: () => "check the network, the region and --endpoint-url",
  },
];

/** The SDK's words where it looked everywhere; others say what is wrong with one place: a login that ended. */
const nowhere = "Could not load credentials from any providers";

function reason(said: string): string {
  return said === nowhere ? "" : `: ${said}`;
}

/** Any error of a call, named; one of ours comes back as it is. */
export function asAwsError(error: unknown, call: CallOf): AwsError {
  if (error instanceof AwsError) return error;
  const awsName = nameOf(error);
  const nameless = deniedWithoutName(awsName, error);
  const awsMessage = nameless ? "AWS gives no reason" : messageOf(error);
  const options = { awsName, awsMessage, cause: error };
  const code = nameless ? "AccessDenied" : awsName;
  const refusal = refusals.find(({ names }) => names.includes(code));
  if (refusal === undefined) {
    const { said, hint } = unlisted({ awsName, awsMessage, status: statusOf(error) });
    const message = `${call.service} ${call.operation} ${said}`;
    return new AwsError("AWS_ERROR", message, { ...options, ...(hint === "" ? {} : { hint }) });
  }
  const hint = refusal.hint(call);
  return new AwsError(refusal.code, refusal.message(call, awsMessage), { ...options, hint });
}

interface Unlisted {
  readonly awsName: string;
  readonly awsMessage: string;
  readonly status: number | undefined;
}

/** A refusal by AWS's own name, if it has one; else as much as its status says. */
function unlisted({ awsName, awsMessage, status }: Unlisted): { said: string; hint: string } {
  if (status !== undefined && unnamed.includes(awsName)) {
    // S3 answers HEAD so where the session's token has expired.
    const hint =
      status === 400 ? "log in again, and run the same command: it goes on from here" : "";
    return { said: `failed: HTTP ${status}, and AWS gives no reason`, hint };
  }
  // What went well was said in a way that can't be read, or somebody else answered in AWS's place.
  const unreadable = awsName === "SyntaxError" || (status !== undefined && status < 300);
  if (!unreadable) return { said: `failed: ${awsName}: ${awsMessage}`, hint: "" };
  return {
    said: `gave an answer that can't be read (HTTP ${status ?? "unknown"}): ${awsMessage}`,
    hint: "run the same command again: it goes on from here; a proxy on the way may have cut it",
  };
}

/** The error's own name, or the system's code of what caused it. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "Error";
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code !== undefined && /^E[A-Z_]+$/u.test(code)) return code;
  return error.name;
}

/** S3 answers HEAD without a body, so that the SDK has no name for a refusal, only its status. */
const unnamed: readonly string[] = ["Unknown", "UnknownError"];

function deniedWithoutName(awsName: string, error: unknown): boolean {
  return ["403", "Forbidden", ...unnamed].includes(awsName) && statusOf(error) === 403;
}

/** The SDK's timeouts begin with the name of the package that noticed; what can't be read ends with advice to programmers. */
function messageOf(error: unknown): string {
  const text = oneLine(error instanceof Error ? error.message : String(error));
  return text
    .replace(/^@smithy\/[\w-]+ - /u, "")
    .replace(/ \(configured by [^)]*\)$/u, "")
    .replace(/ Deserialization error: to see the raw response.*$/u, "");
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim().replace(/\.$/u, "");
}
