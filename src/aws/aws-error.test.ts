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

const advice =
  "Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.";

test("an answer that ends in the middle is said to be unreadable, without the SDK's advice to programmers", () => {
  const cut = failure("SyntaxError", `Unexpected end of JSON input\n  ${advice}`, 200);
  expect(asAwsError(cut, call)).toMatchObject({
    code: "AWS_ERROR",
    message:
      "S3 HeadObject gave an answer that can't be read (HTTP 200): Unexpected end of JSON input",
    hint: expect.stringContaining("it goes on from here") as string,
  });
});

test("a connection that is cut in the middle of an answer is one that can't be reached", () => {
  const cut = Object.assign(failure("Error", `aborted\n  ${advice}`, 200), { code: "ECONNRESET" });
  expect(asAwsError(cut, call).message).toBe("can't reach S3 in eu-west-1: aborted");
});

test("of a refusal without a name its status is said; S3 answers HEAD so where a session has ended", () => {
  const nameless = asAwsError(failure("Unknown", "UnknownError", 400), call);
  expect(nameless.message).toBe("S3 HeadObject failed: HTTP 400, and AWS gives no reason");
  expect(nameless.hint).toContain("log in again");
  expect(asAwsError(failure("Unknown", "UnknownError", 503), call).hint).toBeUndefined();
});
