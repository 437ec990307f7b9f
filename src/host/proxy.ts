import { BlockList, isIP, isIPv4 } from "node:net";
import { TouchdownError } from "../errors.ts";

/**
 * The proxy that a request to `address` goes through, as the environment says; `undefined` for none.
 *
 * `HTTPS_PROXY` or `HTTP_PROXY` by the address's scheme, then `ALL_PROXY`; in lower case they count first. `NO_PROXY`
 * lists hosts (with all below them), `host:port`, addresses and their ranges, or is `*`.
 *
 * @throws FETCH_PROXY
 * @source the conventions of curl(1), which pip and uv follow too
 */
export function proxyFor(address: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const name = address.protocol === "https:" ? "HTTPS_PROXY" : httpProxyName(environment);
  const variable = [...bothCases(name), ...bothCases("ALL_PROXY")].find(
    (each) => environment[each],
  );
  const said = variable === undefined ? undefined : environment[variable];
  const exempt = bothCases("NO_PROXY").map((each) => environment[each]);
  if (said === undefined || isExempt(address, exempt.find(Boolean) ?? "")) return undefined;
  const written = said.includes("://") ? said : `http://${said}`;
  const proxy = URL.canParse(written) ? new URL(written) : undefined;
  if (proxy !== undefined && /^https?:$/.test(proxy.protocol)) return proxy;
  // never the value itself: it may hold a password
  const why =
    proxy === undefined ? "is not an address" : `is a ${proxy.protocol}// one, which is not known`;
  throw new TouchdownError("FETCH_PROXY", `the proxy that ${variable} names ${why}`, {
    hint: `name an http:// or https:// proxy with ${name}, which counts before ALL_PROXY and pip's own proxy; or list ${address.hostname} in NO_PROXY to do without one`,
  });
}

/** In lower case first. */
function bothCases(name: string): readonly string[] {
  return [name.toLowerCase(), name];
}

/** In a CGI program HTTP_PROXY is what the client sent in a header `Proxy`. */
function httpProxyName(environment: NodeJS.ProcessEnv): string {
  return environment["REQUEST_METHOD"] === undefined ? "HTTP_PROXY" : "http_proxy";
}

function isExempt(address: URL, list: string): boolean {
  const host = address.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = address.port || (address.protocol === "https:" ? "443" : "80");
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (isIP(host) !== 0 && entry.includes("/")) return inRange(host, entry);
  const parts = /^(?<name>\[.*\]|[^:]*)(?::(?<port>\d+))?$/.exec(entry)?.groups;
  const name = (parts?.["name"] ?? entry).replace(/^\*?\.|^\[|\]$/g, "");
  if (parts?.["port"] !== undefined && parts["port"] !== port) return false;
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function inRange(host: string, range: string): boolean {
  const [network = "", prefix = ""] = range.split("/");
  const list = new BlockList();
  const type = isIPv4(network) ? "ipv4" : "ipv6";
  try {
    list.addSubnet(network, Number(prefix), type);
    return list.check(host, isIPv4(host) ? "ipv4" : "ipv6");
  } catch {
    return false;
  }
}
