import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { Event } from "../core/events.ts";
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

/** The SDK's own for Node, which has read its configuration once it has handled something. */
interface NodeHandler {
  readonly handle: (request: object) => Promise<unknown>;
  readonly httpHandlerConfigs: () => object;
}

test("a server that says nothing is given up, later where a function may be running", async () => {
  const client = clientsOf({ region, credentials }, runtime);
  const silences = async (lambda: Awaited<ReturnType<typeof client<"lambda">>>) => {
    const handler = lambda.config.requestHandler as unknown as NodeHandler;
    await handler.handle({}).catch(() => undefined);
    return handler.httpHandlerConfigs();
  };
  expect(await silences(await client("lambda"))).toMatchObject({ socketTimeout: 60_000 });
  const patient = await client("lambda", { silence: "whileFunctionRuns" });
  expect(await silences(patient)).toMatchObject({ socketTimeout: 910_000 });
});

/** As a service answers in JSON. */
function answer(statusCode: number, body: object): object {
  const headers = { "content-type": "application/x-amz-json-1.0" };
  return { response: { statusCode, headers, body: Readable.from([JSON.stringify(body)]) } };
}

test("a service that throttles is said to, each time, and the call is made again", async () => {
  const events: Event[] = [];
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  const client = clientsOf(
    { region, credentials },
    { ...runtime, clock, emit: (event) => void events.push(event) },
  );
  const tagging = await client("tagging");
  const answers = [answer(400, { __type: "ThrottlingException" }), answer(200, {})];
  const handle = () => Promise.resolve(answers.shift());
  Object.assign(tagging.config, { requestHandler: { handle, destroy: () => undefined } });
  await tagging.getResources({});
  expect(events).toMatchObject([
    { type: "throttled", service: "the tagging API", operation: "GetResources" },
    { type: "call", operation: "GetResources" },
  ]);
});
