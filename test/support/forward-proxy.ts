/** A proxy on loopback, for tests: whole addresses for HTTP, CONNECT for HTTPS; it notes what it is asked. */
import { createServer, request as send } from "node:http";
import { connect, type AddressInfo } from "node:net";

export interface ForwardProxy {
  readonly origin: string;
  /** `GET http://…` and `CONNECT host:port`, each followed by the Proxy-Authorization where there was one. */
  readonly asked: () => readonly string[];
  readonly stop: () => Promise<void>;
}

export async function startForwardProxy(
  options: { readonly refuse?: number } = {},
): Promise<ForwardProxy> {
  const asked: string[] = [];
  const note = (method: string, target: string, authorization: string | undefined): void =>
    void asked.push([method, target, authorization].filter((word) => word !== undefined).join(" "));
  const server = createServer((request, response) => {
    const { "proxy-authorization": authorization, ...headers } = request.headers;
    note(request.method ?? "", request.url ?? "", authorization);
    if (options.refuse !== undefined) return void response.writeHead(options.refuse).end();
    const upstream = send(request.url ?? "", { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    upstream.end();
  });
  server.on("connect", (request, socket, head) => {
    note("CONNECT", request.url ?? "", request.headers["proxy-authorization"]);
    if (options.refuse !== undefined) {
      return void socket.end(`HTTP/1.1 ${options.refuse} No\r\ncontent-length: 0\r\n\r\n`);
    }
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const upstream = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream])
      end.on("error", () => [socket, upstream].forEach((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked: () => asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
