/** What goes wrong with a call, in the form in which the SDK's retries come to see it. */
import type { Clients } from "../../src/aws/client.ts";
import { Refusal } from "../contract/fake/fake-service.ts";

export interface Call {
  readonly service: keyof Clients;
  readonly operation: string;
}

/** Of an answer that could not be read. */
const hint =
  "Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.";

/** Names and statuses as each service's API reference has them, under "Errors" and "Common errors". */
const throttlings: Readonly<Record<keyof Clients, readonly [string, number]>> = {
  lambda: ["TooManyRequestsException", 429],
  iam: ["Throttling", 400],
  sqs: ["RequestThrottled", 400],
  s3: ["SlowDown", 503],
  logs: ["ThrottlingException", 400],
  sts: ["Throttling", 400],
  tagging: ["ThrottledException", 400],
  dynamodb: ["ThrottlingException", 400],
};

const breakdowns: Readonly<Record<keyof Clients, readonly [string, number]>> = {
  lambda: ["ServiceException", 500],
  iam: ["ServiceFailureException", 500],
  sqs: ["InternalError", 500],
  s3: ["InternalError", 500],
  logs: ["ServiceUnavailableException", 503],
  sts: ["InternalFailure", 500],
  tagging: ["InternalServiceException", 500],
  dynamodb: ["InternalServerError", 500],
};

const expiries: Readonly<Record<keyof Clients, readonly [string, number]>> = {
  lambda: ["ExpiredTokenException", 403],
  iam: ["ExpiredToken", 403],
  sqs: ["ExpiredTokenException", 403],
  s3: ["ExpiredToken", 400],
  logs: ["ExpiredTokenException", 400],
  sts: ["ExpiredToken", 403],
  tagging: ["ExpiredTokenException", 400],
  dynamodb: ["ExpiredTokenException", 400],
};

const skews: Readonly<Record<keyof Clients, readonly [string, number]>> = {
  lambda: ["InvalidSignatureException", 403],
  iam: ["SignatureDoesNotMatch", 403],
  sqs: ["InvalidSignatureException", 403],
  s3: ["RequestTimeTooSkewed", 403],
  logs: ["InvalidSignatureException", 400],
  sts: ["SignatureDoesNotMatch", 403],
  tagging: ["InvalidSignatureException", 400],
  dynamodb: ["InvalidSignatureException", 400],
};

export function throttled(call: Call): Refusal {
  return refusal(call, throttlings[call.service], "Rate exceeded");
}

export function brokeDown(call: Call): Refusal {
  return refusal(call, breakdowns[call.service], "An error occurred, please try again");
}

export function expired(call: Call): Refusal {
  return refusal(call, expiries[call.service], "The security token is expired");
}

/** As the SDK's signer hands it on, once it has learned the time from the answer. */
export function skewed(call: Call): Refusal {
  const made = refusal(call, skews[call.service], "Signature expired");
  return Object.assign(made, { $metadata: { ...made.$metadata, clockSkewCorrected: true } });
}

/** @source RFC 9110 §9.3.2: an answer to HEAD has no content, so that the SDK knows its status alone */
function refusal(
  { operation }: Call,
  [name, status]: readonly [string, number],
  message: string,
): Refusal {
  return operation.startsWith("head")
    ? new Refusal("Unknown", "UnknownError", status)
    : new Refusal(name, message, status);
}

/** As the SDK's HTTP handler names a connection that was cut before an answer. */
export function reset(): Refusal {
  const error = new Refusal("TimeoutError", "socket hang up");
  return Object.assign(error, { code: "ECONNRESET", $metadata: {} });
}

/** The connection was cut in the middle of the answer. */
export function cutShort(): Refusal {
  return Object.assign(new Refusal("Error", `aborted\n  ${hint}`, 200), { code: "ECONNRESET" });
}

/** The answer ended in the middle, and nobody noticed on the way. */
export function garbled(): Refusal {
  return new Refusal("SyntaxError", `Unexpected end of JSON input\n  ${hint}`, 200);
}

/** A gateway on the way answers in AWS's place, with a page. */
export function badGateway(): Refusal {
  return new Refusal("SyntaxError", `Unexpected token '<' is not valid JSON\n  ${hint}`, 502);
}

/** @param ms  for which nothing came, after which the SDK's HTTP handler gives up */
export function silence(ms: number): Refusal {
  const said = `the request socket timed out after ${ms} ms of inactivity (configured by client requestHandler).`;
  return Object.assign(new Refusal("TimeoutError", `@smithy/node-http-handler - ${said}`), {
    $metadata: {},
  });
}

/** What AWS refuses while something else is at work on the same thing; `undefined` where it does not. */
export function conflict({ service, operation }: Call): Refusal | undefined {
  if (service === "lambda" && /^(?:update|publishVersion|put|delete)/u.test(operation)) {
    const said = "The operation cannot be performed at this time. An update is in progress";
    return operation.includes("Layer")
      ? undefined
      : new Refusal("ResourceConflictException", said, 409);
  }
  if (service === "iam" && /^(?:create|update|put|attach|detach|delete|tag)/u.test(operation)) {
    return new Refusal("ConcurrentModificationException", "Please submit the request again", 409);
  }
  if (service === "s3" && /^(?:create|put|delete)Bucket/u.test(operation)) {
    return new Refusal("OperationAborted", "A conflicting conditional operation is running", 409);
  }
  return undefined;
}

/** By operation: what AWS says where an account has as many as it may have. */
const quotas: Readonly<Record<string, readonly [string, number]>> = {
  "lambda.createFunction": ["CodeStorageExceededException", 400],
  "lambda.updateFunctionCode": ["CodeStorageExceededException", 400],
  "lambda.publishVersion": ["CodeStorageExceededException", 400],
  "lambda.publishLayerVersion": ["CodeStorageExceededException", 400],
  "iam.createRole": ["LimitExceededException", 409],
  "iam.attachRolePolicy": ["LimitExceededException", 409],
  "logs.createLogGroup": ["LimitExceededException", 400],
  "s3.createBucket": ["TooManyBuckets", 400],
  "sqs.tagQueue": ["OverLimit", 403],
};

export function overQuota({ service, operation }: Call): Refusal | undefined {
  const [name, status] = quotas[`${service}.${operation}`] ?? [];
  return name === undefined
    ? undefined
    : new Refusal(name, "The account's quota is used up", status);
}

/** The HTTP status that a refusal comes with. */
export function statusOf(refusal: Refusal): number {
  return refusal.$metadata.httpStatusCode ?? 500;
}
