import { expect, test } from "vitest";
import { asAwsError } from "./aws-error.ts";

const call = { service: "S3", operation: "HeadObject", region: "eu-west-1" };

function failure(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

test.each(["403", "Forbidden", "UnknownError"])("a HEAD refused as %s is a denial", (name) => {
  expect(asAwsError(failure(name, "UnknownError", 403), call)).toMatchObject({
    code: "ACCESS_DENIED",
    message: "S3 HeadObject was denied: AWS gives no reason",
    hint: "allow s3:GetObject to these credentials, or use others",
  });
});

test("what to allow is named as IAM names it", () => {
  const denied = failure("AccessDeniedException", "no", 403);
  const logs = { service: "CloudWatchLogs", operation: "FilterLogEvents" };
  const { hint } = asAwsError(denied, logs);
  expect(hint).toBe("allow logs:FilterLogEvents to these credentials, or use others");
});

test("a region that is wrong is not taken for missing credentials", () => {
  const said = "The authorization header is malformed; the region 'us-east-1' is wrong";
  expect(asAwsError(failure("AuthorizationHeaderMalformed", said), call).message).toBe(
    `AWS does not accept these credentials: ${said}`,
  );
});

test.each([
  ["Could not load credentials from any providers", ""],
  ["The SSO session of this profile has expired", ": The SSO session of this profile has expired"],
])("of missing credentials it is said what the SDK knows: %s", (said, reason) => {
  const { code, message } = asAwsError(failure("CredentialsProviderError", said), call);
  expect({ code, message }).toEqual({
    code: "CREDENTIALS",
    message: `no AWS credentials were found${reason}`,
  });
});

test("a server that said nothing can't be reached", () => {
  const said =
    "@smithy/node-http-handler - the request socket timed out after 60000 ms of inactivity (configured by client requestHandler).";
  expect(asAwsError(failure("TimeoutError", said), call)).toMatchObject({
    code: "ENDPOINT_DOWN",
    message:
      "can't reach S3 in eu-west-1: the request socket timed out after 60000 ms of inactivity",
  });
});
