import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
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

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Answers like STS, and notes with whose key each action was asked for. */
async function stsServer() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      const action = new URLSearchParams(body).get("Action") ?? "";
      const key = /Credential=(\w+)/u.exec(request.headers.authorization ?? "")?.[1] ?? "";
      asked.push(`${action} ${key}`);
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(
        `<${action}Response><${action}Result><Account>123456789012</Account><Credentials>` +
          "<AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey>" +
          "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>" +
          `</Credentials></${action}Result></${action}Response>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a role is assumed also with keys from the Touchdownfile, at the endpoint given", async () => {
  const { asked, endpoint } = await stsServer();
  const assumeRole = { arn: "arn:aws:iam::123456789012:role/deploy" };
  const client = clientsOf({ region, endpoint, credentials, assumeRole }, runtime);
  await (await client("sts")).getCallerIdentity({});
  expect(asked).toEqual(["AssumeRole LONGLIVED", "GetCallerIdentity ASSUMED"]);
});
