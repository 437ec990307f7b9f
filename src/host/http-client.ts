import * as http from "node:http";
import * as https from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";
import { urlToHttpOptions } from "node:url";
import { TouchdownError } from "../errors.ts";
import { trustedCertificates } from "./certificates.ts";
import { clientCertificate } from "./client-certificate.ts";
import {
  basicAuthorization,
  credentialsFinder,
  ownCredentials,
  type AddressCredentials,
} from "./http-credentials.ts";
import { connectionFailure } from "./http-refusal.ts";
import type { Credentials } from "./netrc.ts";
import { proxyFor } from "./proxy.ts";
import { errorName } from "./system-error.ts";
import { TransientFailure } from "./transient.ts";
import { proxyRefusal, TunnelAgent } from "./tunnel-agent.ts";

export type AskCredentials = (
  address: URL,
  username: string | undefined,
) => Promise<Credentials | undefined>;

export type HttpOptions = {
  /** Where proxies, certificates and netrc are named; default: this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Names and passwords besides those of netrc, each sent to its own server only. */
  readonly credentials?: readonly AddressCredentials[];
  /** Asked for what is not known: of a user, the password; without one, after a server wanted both. */
  readonly askCredentials?: AskCredentials;
  /** How long to wait for a connection, and for an answer on it. */
  readonly connectMs?: number;
  readonly answerMs?: number;
};

type Get = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** What servers must prove themselves with, and we where they ask; empty for what Node trusts, and nothing. */
type Trust = { readonly secureContext?: SecureContext };

/** How a request goes: straight to the server, or by a proxy. */
type Route = {
  readonly request: typeof http.request;
  readonly options: http.RequestOptions;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * GET over HTTP and HTTPS, as pip and uv would: through the proxies, trusting the certificates and with the
 * credentials that the environment names. Connections are kept for the next request; `close` ends them.
 */
export class HttpClient {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #trust = new Map<"server" | "proxy", Trust>();
  readonly #credentialsFor: ReturnType<typeof credentialsFinder>;
  readonly #ask: AskCredentials | undefined;
  readonly #answered = new Map<string, Credentials>();
  readonly #waits: Waits;
  readonly #agents = new Map<string, http.Agent>();

  constructor(options: HttpOptions = {}) {
    this.#environment = options.environment ?? process.env;
    this.#credentialsFor = credentialsFinder(options.credentials ?? [], this.#environment);
    this.#ask = options.askCredentials;
    this.#waits = { connectMs: options.connectMs ?? 10_000, answerMs: options.answerMs ?? 30_000 };
  }

  /**
   * The answer to a GET, redirects followed, whatever its status; its body is the caller's to read or destroy.
   * Credentials are looked up anew for each server, and not at all after a redirect from HTTPS to HTTP.
   *
   * @throws FETCH_CERTIFICATE, FETCH_FAILED, FETCH_PROXY; `TransientFailure`; the abort's own error
   */
  async get(address: URL, options: Get = {}): Promise<http.IncomingMessage> {
    return (await this.follow(address, options)).response;
  }

  /** As `get`, with where the answer came from in the end. */
  async follow(
    address: URL,
    { headers = {}, signal }: Get = {},
  ): Promise<{ readonly response: http.IncomingMessage; readonly from: URL }> {
    let here = address;
    let secret = true;
    for (let hops = 0; hops <= 10; hops++) {
      const credentials = secret ? await this.#knownFor(here) : undefined;
      const first = await this.#send(here, headersWith(headers, credentials), signal);
      const asked =
        first.statusCode === 401 && secret && credentials === undefined
          ? await this.#askFor(here)
          : undefined;
      if (asked !== undefined) first.resume();
      const response =
        asked === undefined ? first : await this.#send(here, headersWith(headers, asked), signal);
      if (response.statusCode === 407) {
        response.destroy();
        throw proxyRefusal(proxyFor(here, this.#environment)?.hostname ?? here.hostname, 407);
      }
      const next = redirection(response, here);
      if (next === undefined) return { response, from: here };
      response.resume();
      if (here.protocol === "https:" && next.protocol === "http:") secret = false;
      here = next;
    }
    throw new TouchdownError("FETCH_FAILED", `${address.host} redirects more than ten times`);
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #knownFor(address: URL): Promise<Credentials | undefined> {
    const known = this.#credentialsFor(address) ?? this.#answered.get(address.origin);
    if (known === undefined || known.username === "" || known.password !== "") return known;
    return (await this.#ask?.(address, known.username)) ?? known;
  }

  /** What it was told counts for the server from now on: it is not refused once for each file. */
  async #askFor(address: URL): Promise<Credentials | undefined> {
    const asked = await this.#ask?.(address, undefined);
    if (asked !== undefined) this.#answered.set(address.origin, asked);
    return asked;
  }

  async #send(
    address: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<http.IncomingMessage> {
    const route = this.#route(address);
    const options = { ...route.options, headers: { ...route.headers, ...headers } };
    for (;;) {
      signal?.throwIfAborted();
      const asked = route.request(options);
      try {
        return await answerTo(asked, address, { ...this.#waits, signal });
      } catch (error) {
        signal?.throwIfAborted();
        // the server closed a kept connection just when it was to be used again: not a failure
        if (!asked.reusedSocket || !isCut(error)) throw connectionFailure(address, error);
      }
    }
  }

  #route(address: URL): Route {
    const { auth: _, ...target } = urlToHttpOptions(address);
    const proxy = proxyFor(address, this.#environment);
    const direct = address.protocol === "https:" ? https : http;
    if (proxy === undefined) {
      const agent = this.#agent(
        address.protocol,
        () => new direct.Agent(this.#agentOptions(address)),
      );
      return { request: direct.request, options: { ...target, agent }, headers: {} };
    }
    const { auth: __, ...place } = urlToHttpOptions(proxy);
    const given = ownCredentials(proxy);
    const authorization =
      given === undefined ? {} : { "proxy-authorization": basicAuthorization(given) };
    if (address.protocol === "https:") {
      const through = {
        place: { ...place, ...this.#trustFor(proxy, "proxy") },
        headers: authorization,
      };
      const make = () => new TunnelAgent(this.#agentOptions(address), through);
      const agent = this.#agent(`tunnel ${proxy.href}`, make);
      return { request: https.request, options: { ...target, agent }, headers: {} };
    }
    // RFC 9112 §3.2.2: a proxy is asked for the whole address
    const path = `${address.origin}${address.pathname}${address.search}`;
    const module = proxy.protocol === "https:" ? https : http;
    const agent = this.#agent(
      proxy.protocol,
      () => new module.Agent(this.#agentOptions(proxy, "proxy")),
    );
    const headers = { host: address.host, ...authorization };
    return { request: module.request, options: { ...place, path, agent }, headers };
  }

  /** Made once, when the first connection needs it: it takes longer than the connection. A proxy is shown no certificate. */
  #trustFor({ protocol }: URL, who: "server" | "proxy"): Trust {
    if (protocol !== "https:") return {};
    const known = this.#trust.get(who);
    if (known !== undefined) return known;
    const ca = trustedCertificates(this.#environment);
    const own = who === "server" ? clientCertificate(this.#environment) : undefined;
    const secureContext =
      ca === undefined && own === undefined
        ? {}
        : { secureContext: createSecureContext({ ...(ca === undefined ? {} : { ca }), ...own }) };
    this.#trust.set(who, secureContext);
    return secureContext;
  }

  #agentOptions(to: URL, who: "server" | "proxy" = "server"): https.AgentOptions {
    // Node's 250 ms for the first of a name's addresses are too few for slow networks (RFC 8305 §8 allows 2 s)
    const attempts = { autoSelectFamilyAttemptTimeout: 1_000 };
    return { keepAlive: true, ...attempts, ...this.#trustFor(to, who) };
  }

  #agent(name: string, make: () => http.Agent): http.Agent {
    const agent = this.#agents.get(name) ?? make();
    this.#agents.set(name, agent);
    return agent;
  }
}

function headersWith(
  headers: Readonly<Record<string, string>>,
  credentials: Credentials | undefined,
): Readonly<Record<string, string>> {
  const authorization =
    credentials === undefined ? {} : { authorization: basicAuthorization(credentials) };
  return { ...headers, ...authorization, "user-agent": "touchdown" };
}

type Waits = { readonly connectMs: number; readonly answerMs: number };

/**
 * Sends the request; each part of the wait for its answer has an end of its own. A request that has no connection yet
 * says nothing when it is destroyed, so its end is told from here.
 */
function answerTo(
  asked: http.ClientRequest,
  address: URL,
  { connectMs, answerMs, signal }: Waits & { readonly signal: AbortSignal | undefined },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const stop = (error: Error): void => {
      reject(error);
      asked.destroy(error);
    };
    const giveUp = (what: string, afterMs: number): NodeJS.Timeout =>
      setTimeout(() => {
        const message = `no ${what} ${address.host} within ${afterMs / 1000} s`;
        stop(new TransientFailure(new TouchdownError("FETCH_TIMEOUT", message)));
      }, afterMs);
    let timer = giveUp("connection to", connectMs);
    const connected = (): void => {
      clearTimeout(timer);
      timer = giveUp("answer from", answerMs);
    };
    const abort = (): void => stop(signal?.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    asked.on("socket", (socket) => {
      if (!socket.connecting) return connected();
      socket.once(address.protocol === "https:" ? "secureConnect" : "connect", connected);
    });
    asked.on("response", resolve);
    asked.on("error", reject);
    asked.on("response", () => clearTimeout(timer));
    asked.on("close", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
    asked.end();
  });
}

/** RFC 9110 §15.4. */
function redirection(response: http.IncomingMessage, from: URL): URL | undefined {
  const { location } = response.headers;
  if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return undefined;
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from.href);
  return /^https?:$/.test(to.protocol) ? to : undefined;
}

function isCut(error: unknown): boolean {
  const name = errorName(error);
  return name === "ECONNRESET" || name === "EPIPE";
}
