/** A loopback server that answers like STS for account 123456789012, and notes what it is asked. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface StsServer {
  readonly endpoint: string;
  /** `AssumeRole KEY`: each action, and with whose key it was asked for. */
  readonly asked: readonly string[];
  readonly stop: () => void;
}

export async function stsServer(): Promise<StsServer> {
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
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
