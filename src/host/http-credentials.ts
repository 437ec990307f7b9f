import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { netrcEntry, type Credentials } from "./netrc.ts";

/** Credentials that were given together with an address, for what is on the same server. */
export type AddressCredentials = Credentials & { readonly address: URL };

/**
 * What to send to the server of `address`: the address's own name and password, or those of the known address that
 * is on the same server (scheme, host and port) and most alike, or what netrc has for the host.
 */
export function credentialsFinder(
  known: readonly AddressCredentials[],
  environment: NodeJS.ProcessEnv,
): (address: URL) => Credentials | undefined {
  let netrc: string | undefined;
  return (address) => {
    const own = ownCredentials(address);
    if (own !== undefined) return own;
    const near = known
      .filter((one) => one.address.origin === address.origin)
      .toSorted((a, b) => sharedParts(b.address, address) - sharedParts(a.address, address));
    if (near[0] !== undefined) return near[0];
    netrc ??= readNetrc(environment);
    return netrc === "" ? undefined : netrcEntry(netrc, address.hostname);
  };
}

/** The name and password in an address; the password alone may be missing, as with a token. */
export function ownCredentials(address: URL): Credentials | undefined {
  if (address.username === "" && address.password === "") return undefined;
  return { username: decoded(address.username), password: decoded(address.password) };
}

/** RFC 7617 §2. */
export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** One server often has many indexes, each with a token of its own. */
function sharedParts(one: URL, other: URL): number {
  const others = other.pathname.split("/");
  const parts = one.pathname.split("/");
  const different = parts.findIndex((part, index) => part !== others[index]);
  return different === -1 ? parts.length : different;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `NETRC`, or where pip and uv look; unreadable is as good as not there. */
function readNetrc(environment: NodeJS.ProcessEnv): string {
  const home = environment["HOME"] ?? homedir();
  const places = environment["NETRC"]
    ? [environment["NETRC"]]
    : [join(home, ".netrc"), join(home, "_netrc")];
  for (const place of places) {
    try {
      return readFileSync(place, "utf8");
    } catch {
      // try the next
    }
  }
  return "";
}
