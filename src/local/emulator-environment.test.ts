import { expect, test } from "vitest";
import { emulatorEnvironment } from "./emulator-environment.ts";

const place = { folder: "/state/local", port: 41_234 };

test("functions on this machine see neither the user's credentials nor their home", () => {
  const current = {
    AWS_ACCESS_KEY_ID: "AKIAREAL",
    AWS_PROFILE: "production",
    GITHUB_TOKEN: "real",
    HOME: "/home/user",
    PERSIST_STATE: "1",
  };
  const environment = emulatorEnvironment(current, place);
  expect(environment).toMatchObject({ HOME: "/state/local/home", TMPDIR: "/state/local/tmp" });
  const secret = Object.entries(environment).filter(([, value]) => /real|production/i.test(value));
  expect(secret).toEqual([]);
  expect(environment).not.toHaveProperty("PERSIST_STATE");
});

test("the embedded AWS listens on loopback alone, whatever the user's environment says", () => {
  const environment = emulatorEnvironment({ BIND_HOST: "0.0.0.0", GATEWAY_PORT: "80" }, place);
  expect(environment).toMatchObject({ BIND_HOST: "127.0.0.1", GATEWAY_PORT: "41234" });
});

test("functions reach the network by the user's proxy, and the embedded AWS without it", () => {
  const environment = emulatorEnvironment({ HTTPS_PROXY: "http://proxy:3128" }, place);
  expect(environment).toMatchObject({
    HTTPS_PROXY: "http://proxy:3128",
    NO_PROXY: "127.0.0.1,localhost",
  });
});
