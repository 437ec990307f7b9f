import { devNull } from "node:os";
import { describe, expect, test } from "vitest";
import { localEnvironment } from "./environment.ts";

const endpoint = "http://127.0.0.1:41234";

function applied(current: Record<string, string>): Record<string, string> {
  const after = { ...current, ...localEnvironment(endpoint, current) };
  return Object.fromEntries(
    Object.entries(after).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

describe("the environment under --local", () => {
  test("points at the embedded AWS, with credentials worth nothing elsewhere", () => {
    expect(applied({})).toEqual({
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: "true",
      NO_PROXY: "127.0.0.1,localhost",
      no_proxy: "127.0.0.1,localhost",
    });
  });

  test("keeps nothing by which another AWS could be reached", () => {
    const ways = {
      AWS_PROFILE: "production",
      AWS_DEFAULT_PROFILE: "production",
      AWS_ACCESS_KEY_ID: "AKIAREAL",
      AWS_SECRET_ACCESS_KEY: "real",
      AWS_SESSION_TOKEN: "real",
      AWS_ENDPOINT_URL: "https://real.example",
      AWS_ENDPOINT_URL_S3: "https://real.example",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
      AWS_USE_FIPS_ENDPOINT: "true",
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/real",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1",
      AWS_CONFIG_FILE: "/real/config",
    };
    const after = applied(ways);
    const before = Object.values(ways);
    expect(Object.entries(after).filter(([, value]) => before.includes(value))).toEqual([
      ["AWS_EC2_METADATA_DISABLED", "true"],
    ]);
    expect(Object.keys(after)).not.toContain("AWS_PROFILE");
    expect(Object.keys(after)).not.toContain("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  });

  test("keeps the region, and what is not AWS's", () => {
    const after = applied({ AWS_DEFAULT_REGION: "eu-west-1", PATH: "/bin", AWS_MAX_ATTEMPTS: "2" });
    expect(after).toMatchObject({
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      PATH: "/bin",
      AWS_MAX_ATTEMPTS: "2",
    });
  });

  test("sends no call to the embedded AWS through a proxy", () => {
    expect(applied({ no_proxy: "internal.example" })).toMatchObject({
      NO_PROXY: "internal.example,127.0.0.1,localhost",
      no_proxy: "internal.example,127.0.0.1,localhost",
    });
  });
});
