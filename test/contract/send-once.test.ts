/** The SDK's own retries, which the fakes do not have, against a server on loopback. */
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openContext } from "../../src/aws/context.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

type Answer = (response: ServerResponse) => void;

const refuse =
  (status: number, name: string): Answer =>
  (response) => {
    response.writeHead(status, { "x-amzn-errortype": name }).end("{}");
  };
const hangUp: Answer = (response) => void response.socket?.destroy();
const made: Answer = (response) => void response.writeHead(201).end('{"Version":7}');

/** @param answers  one a request, in order; then all go well */
async function start(...answers: Answer[]) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().on("end", () => (answers.shift() ?? made)(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const settings = {
    label: "",
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const context = await openContext(settings, {
    emit: () => undefined,
    signal: new AbortController().signal,
    clock: new VirtualClock(),
    folder: "/nowhere",
  });
  const publish = async (sendsOnce: boolean) => {
    const lambda = await context.client("lambda", { sendsOnce });
    const Content = { ZipFile: new Uint8Array() };
    return (await lambda.publishLayerVersion({ LayerName: "tools", Content })).Version;
  };
  return { publish, requests: () => requests };
}

test.for([
  ["after a fault of AWS", refuse(500, "ServiceException")],
  ["while AWS is not available", refuse(503, "ServiceUnavailable")],
  ["after a lost connection", hangUp],
] as const)("what must not be done twice is not sent again %s", async ([, answer]) => {
  const { publish, requests } = await start(answer);
  await expect(publish(true)).rejects.toBeInstanceOf(Error);
  expect(requests()).toBe(1);
});

test("what AWS refused by throttling is sent again", async () => {
  const { publish, requests } = await start(refuse(429, "TooManyRequestsException"));
  expect(await publish(true)).toBe(7);
  expect(requests()).toBe(2);
});

test("other calls are sent again as ever, also by the same context", async () => {
  const { publish, requests } = await start(refuse(500, "ServiceException"), hangUp);
  await expect(publish(true)).rejects.toMatchObject({ awsName: "ServiceException" });
  expect(await publish(false)).toBe(7);
  expect(requests()).toBe(3);
});
