import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";
import { TouchdownError } from "../errors.ts";

type Opened = (error: Error | null | undefined, socket?: Duplex) => void;

/** Where the proxy is, the headers it wants (Proxy-Authorization), and what it is trusted by. */
export type TunnelProxy = {
  readonly place: http.RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * Connections to HTTPS servers through a proxy, which sees their names and nothing more.
 *
 * @source RFC 9110 §9.3.6 (CONNECT)
 */
export class TunnelAgent extends https.Agent {
  readonly #proxy: TunnelProxy;
  readonly #asked = new Set<http.ClientRequest>();

  constructor(options: https.AgentOptions, proxy: TunnelProxy) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ConnectionOptions, opened: Opened): undefined {
    const target = `${hostInUrl(options.host ?? "")}:${options.port ?? 443}`;
    const { place, headers } = this.#proxy;
    const { request } = place.protocol === "https:" ? https : http;
    const asked = request({
      ...place,
      method: "CONNECT",
      path: target,
      headers: { ...headers, host: target },
      agent: false,
    });
    this.#asked.add(asked);
    asked.on("close", () => this.#asked.delete(asked));
    asked.on("error", opened);
    asked.on("connect", (answer, socket: Duplex) => {
      if (answer.statusCode === 200) return opened(undefined, connect({ ...options, socket }));
      socket.destroy();
      opened(proxyRefusal(place.hostname ?? "", answer.statusCode ?? 0));
    });
    asked.end();
  }

  /** Also of what the proxy has not answered yet: Node's own agent does not know of it. */
  override destroy(): void {
    for (const asked of this.#asked) asked.destroy();
    super.destroy();
  }
}

/** What a proxy's own answer means: 407 wants credentials, anything else that it won't or can't. */
export function proxyRefusal(proxyHost: string, status: number): TouchdownError {
  if (status !== 407) {
    return new TouchdownError("FETCH_PROXY", `the proxy ${proxyHost} refused with ${status}`);
  }
  return new TouchdownError(
    "FETCH_PROXY",
    `the proxy ${proxyHost} wants a name and password, or does not accept those it was given`,
    { hint: "put them into the proxy's address: http://NAME:PASSWORD@HOST:PORT" },
  );
}

function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
