/**
 * An HTTP proxy between the command line and an AWS on this machine, which lets calls fail as networks and services do:
 * refused in the service's own protocol, cut before or after they took effect, cut in the middle of an answer, late.
 */
import { createServer, request as send } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as refusals from "../faults/refusals.ts";
import type { Call } from "../faults/refusals.ts";

export const fates = [
  "throttled",
  "broke down before",
  "broke down after",
  "bad gateway before",
  "bad gateway after",
  "reset before",
  "reset after",
  "cut short",
  "slow",
] as const;
export type Fate = (typeof fates)[number];

export interface Asked {
  /** From 1 on. */
  readonly number: number;
  readonly service: Call["service"];
  readonly method: string;
  readonly path: string;
  /** Whether it is to change something, by what it is called. */
  readonly changes: boolean;
}

interface Hooks {
  /** What becomes of a request; undefined: nothing special. */
  readonly fate?: (asked: Asked) => Fate | undefined;
  /** Awaited before the request is handed on. */
  readonly before?: (asked: Asked) => void | Promise<void>;
  /** Awaited after it took effect, before the answer is handed back. */
  readonly after?: (asked: Asked) => void | Promise<void>;
}

export interface FaultProxy {
  /** To give as `--endpoint-url`. */
  readonly endpoint: string;
  /** Since `use`, of each request that failed, how: `3 lambda POST /2015-03-31/functions: reset after`. */
  readonly faults: () => readonly string[];
  /** From now on; counting from 1 again. */
  readonly use: (hooks: Hooks) => void;
  readonly stop: () => Promise<void>;
}

export async function faultProxy(upstream: string): Promise<FaultProxy> {
  let hooks: Hooks = {};
  let requests = 0;
  let faults: string[] = [];
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await wholeOf(incoming);
    const { method = "GET", url: path = "/" } = incoming;
    const asked = {
      number: (requests += 1),
      service: serviceOf(incoming),
      method,
      path,
      changes: isChange(incoming, body),
    };
    const now = hooks;
    const fate = now.fate?.(asked);
    if (fate !== undefined)
      faults.push(`${asked.number} ${asked.service} ${method} ${path}: ${fate}`);
    await now.before?.(asked);
    if (fate === "slow") await sleep(300);
    const instead = insteadOf(fate, asked);
    if (instead?.before === true) return instead.answer(response);
    const answer = await forward(upstream, incoming, body);
    await now.after?.(asked);
    if (instead !== undefined) return instead.answer(response);
    if (fate === "cut short") return cutShort(response, answer);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: () => faults,
    use: (next) => {
      hooks = next;
      requests = 0;
      faults = [];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

interface Instead {
  /** Not handed on at all. */
  readonly before: boolean;
  readonly answer: (response: ServerResponse) => void;
}

function insteadOf(fate: Fate | undefined, asked: Asked): Instead | undefined {
  const call = { service: asked.service, operation: asked.method === "HEAD" ? "head" : "" };
  const before = fate?.endsWith("after") !== true;
  switch (fate) {
    case "throttled":
      return { before, answer: (response) => refuse(response, asked, refusals.throttled(call)) };
    case "broke down before":
    case "broke down after":
      return { before, answer: (response) => refuse(response, asked, refusals.brokeDown(call)) };
    case "bad gateway before":
    case "bad gateway after":
      return { before, answer: (response) => badGateway(response) };
    case "reset before":
    case "reset after":
      return { before, answer: (response) => void response.socket?.resetAndDestroy() };
    default:
      return undefined;
  }
}

/** As the service's protocol has it. @source Smithy, AWS protocols: restJson1, awsJson1_0, awsQuery, restXml */
function refuse(
  response: ServerResponse,
  { service, method }: Asked,
  refusal: ReturnType<typeof refusals.throttled>,
): void {
  const { name, message } = refusal;
  const status = refusals.statusOf(refusal);
  // The SDK's name for an IAM fault; on the wire it has no suffix.
  const code = service === "iam" ? name.replace(/Exception$/u, "") : name;
  if (method === "HEAD") return void response.writeHead(status).end();
  if (service === "iam" || service === "sts") {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    const text = `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`;
    return void response.writeHead(status, { "content-type": "text/xml" }).end(text);
  }
  if (service === "s3") {
    const text = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    return void response.writeHead(status, { "content-type": "application/xml" }).end(text);
  }
  const type = service === "lambda" ? "application/json" : "application/x-amz-json-1.0";
  const headers = { "content-type": type, "x-amzn-errortype": code };
  response.writeHead(status, headers).end(JSON.stringify({ __type: code, message }));
}

function badGateway(response: ServerResponse): void {
  response.writeHead(502, { "content-type": "text/html" }).end("<html>bad gateway</html>");
}

function cutShort(response: ServerResponse, { status, headers, body }: Answer): void {
  const { "transfer-encoding": _chunked, ...rest } = headers;
  // Whole where there is nothing to cut.
  if (body.length < 2) return void response.writeHead(status, headers).end(body);
  response.writeHead(status, { ...rest, "content-length": String(body.length) });
  response.write(body.subarray(0, body.length >> 1), () => void response.socket?.destroy());
}

function forward(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method, url: path, headers } = incoming;
  const { hostname, port } = new URL(upstream);
  return new Promise((resolve, reject) => {
    const request = send({ hostname, port, method, path, headers, agent: false }, (answer) => {
      wholeOf(answer).then(
        (whole) =>
          resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: whole }),
        reject,
      );
    });
    request.on("error", reject).end(body);
  });
}

async function wholeOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** @source IAM user guide, "Signature Version 4": the credential's scope names the service */
function serviceOf({ headers }: IncomingMessage): Call["service"] {
  const [, scope = ""] =
    /Credential=\S+?\/\d{8}\/[^/]+\/([^/]+)\//u.exec(headers.authorization ?? "") ?? [];
  const known: Readonly<Record<string, Call["service"]>> = {
    lambda: "lambda",
    iam: "iam",
    sqs: "sqs",
    s3: "s3",
    logs: "logs",
    sts: "sts",
    tagging: "tagging",
  };
  const service = known[scope];
  if (service === undefined) throw new Error(`a call of no known service: ${scope}`);
  return service;
}

/** The operation's name is in a header or in the body, or its method says enough. */
function isChange({ method = "", headers }: IncomingMessage, body: Buffer): boolean {
  const target = headers["x-amz-target"];
  const action = /^Action=(\w+)/u.exec(body.toString("latin1", 0, 100))?.[1];
  const name = typeof target === "string" ? target.split(".").at(-1) : action;
  return name === undefined
    ? !/^(?:GET|HEAD)$/u.test(method)
    : !/^(?:Get|List|Describe)/u.test(name);
}
