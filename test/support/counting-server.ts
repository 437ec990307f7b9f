/** A loopback server that stands where AWS would, counts what is asked and refuses it all. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Answer {
  readonly status: number;
  /** AWS's own name for the refusal. */
  readonly name: string;
  readonly message: string;
}

export interface CountingServer {
  readonly endpoint: string;
  readonly requests: () => number;
  readonly answer: (answer: Answer) => void;
  readonly reset: () => void;
  readonly stop: () => Promise<void>;
}

const denied: Answer = { status: 403, name: "AccessDeniedException", message: "not for you" };

export async function countingServer(): Promise<CountingServer> {
  let requests = 0;
  let answer = denied;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    const { status, name, message } = answer;
    const headers = { "content-type": "application/json", "x-amzn-errortype": name };
    response.writeHead(status, headers);
    response.end(JSON.stringify({ __type: name, message }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests: () => requests,
    answer: (given) => {
      answer = given;
    },
    reset: () => {
      requests = 0;
      answer = denied;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
