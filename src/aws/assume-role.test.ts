import { afterEach, expect, test } from "vitest";
import { stsServer } from "../../test/support/sts-server.ts";
import type { StsServer } from "../../test/support/sts-server.ts";
import { systemClock } from "../core/runtime.ts";
import type { Runtime } from "../core/runtime.ts";
import { clientsOf } from "./client.ts";

const runtime: Runtime = {
  emit: () => undefined,
  signal: new AbortController().signal,
  clock: systemClock,
  folder: "/nowhere",
};
const credentials = { accessKeyId: "LONGLIVED", secretAccessKey: "secret" };
const region = "eu-west-1";

let server: StsServer;
afterEach(() => server.stop());

test("a role is assumed also with keys from the Touchdownfile, at the endpoint given", async () => {
  server = await stsServer();
  const { asked, endpoint } = server;
  const assumeRole = { arn: "arn:aws:iam::123456789012:role/deploy" };
  const client = clientsOf({ region, endpoint, credentials, assumeRole }, runtime);
  await (await client("sts")).getCallerIdentity({});
  expect(asked).toEqual(["AssumeRole LONGLIVED", "GetCallerIdentity ASSUMED"]);
});
