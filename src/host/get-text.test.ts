import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { getText } from "./get-text.ts";
import { HttpClient } from "./http-client.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** What a server that answers so is understood as; `/` is asked for. */
async function textFrom(answer: RequestListener) {
  server = createServer(answer);
  await new Promise<void>((resolve) => void server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new HttpClient({ environment: { HOME: "/nowhere" } });
  try {
    const address = new URL(`http://127.0.0.1:${port}/`);
    return await getText(address, { client, accept: "text/plain", pausesMs: [1, 1], idleMs: 50 });
  } finally {
    client.close();
  }
}

test("a page, unzipped, and where it came from in the end", async () => {
  const page = await textFrom((request, response) => {
    if (request.url === "/") return response.writeHead(302, { location: "/there" }).end();
    response.setHeader("content-type", request.headers.accept ?? "");
    return response.setHeader("content-encoding", "gzip").end(gzipSync("text"));
  });
  expect(page).toMatchObject({ contentType: "text/plain", text: "text" });
  expect(page?.url).toMatch(/\/there$/);
});

test("none where the server has none", async () => {
  expect(await textFrom((_request, response) => response.writeHead(404).end())).toBeUndefined();
});

test("what may pass is tried again", async () => {
  let times = 0;
  const page = await textFrom((_request, response) => {
    times += 1;
    if (times === 1) return response.writeHead(503).end();
    return times === 2 ? response.destroy() : response.end("third");
  });
  expect(page?.text).toBe("third");
});

test.each<[code: string, answer: RequestListener]>([
  ["FETCH_CREDENTIALS", (_request, response) => response.writeHead(401).end()],
  ["FETCH_FAILED", (_request, response) => response.writeHead(500).end()],
  [
    "FETCH_FAILED",
    (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("no"),
  ],
  ["FETCH_TIMEOUT", (_request, response) => void response.writeHead(200).write("the beginning")],
])("%s", async (code, answer) => {
  await expect(textFrom(answer)).rejects.toMatchObject({ code });
});
