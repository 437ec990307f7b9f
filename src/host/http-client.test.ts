import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startForwardProxy, type ForwardProxy } from "../../test/support/forward-proxy.ts";
import { makeWheel } from "../../test/support/make-wheel.ts";
import { missingTools } from "../../test/support/missing-tools.ts";
import { startPackageIndex, type PackageIndex } from "../../test/support/package-index.ts";
import { testCertificate } from "../../test/support/test-certificate.ts";
import { run } from "./run.ts";
import { HttpClient, type HttpOptions } from "./http-client.ts";

const wheel = makeWheel({ "one.py": "1" }, { name: "one" });

let folder: string;
let index: PackageIndex;
let other: PackageIndex;
let proxies: ForwardProxy[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-http-"));
  index = await startPackageIndex([wheel]);
  other = await startPackageIndex([wheel]);
  proxies = [];
});
afterEach(async () => {
  await Promise.all([index, other, ...proxies].map((server) => server.stop()));
  await rm(folder, { recursive: true });
});

async function startProxy(options: { refuse?: number } = {}): Promise<ForwardProxy> {
  const proxy = await startForwardProxy(options);
  proxies.push(proxy);
  return proxy;
}

/** The status of a GET and how many bytes came, by a client of its own. */
async function get(address: string, options: HttpOptions = {}): Promise<string> {
  const client = new HttpClient({
    ...options,
    environment: { HOME: folder, ...options.environment },
  });
  try {
    const response = await client.get(new URL(address));
    let size = 0;
    for await (const bytes of response) size += (bytes as Buffer).length;
    return `${response.statusCode} ${size}`;
  } finally {
    client.close();
  }
}

const whole = `200 ${wheel.bytes.length}`;
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;
const sent = (server: PackageIndex): (string | undefined)[] =>
  server.requests().map(({ authorization }) => authorization);
const withLogin = (address: string, login: string): string => address.replace("//", `//${login}@`);

test("a name and password in the address are sent, decoded, and stay with their server", async () => {
  index.wantPassword("me", "s:/ö");
  const url = withLogin(index.fileUrl(wheel.name), "me:s%3A%2F%C3%B6");
  expect(await get(url)).toBe(whole);
  index.trouble(wheel.name, { kind: "redirect", to: other.origin });
  expect(await get(url)).toBe(whole);
  expect(sent(other)).toEqual([undefined]);
});

test("of known names and passwords the nearest on the same server is sent, and nowhere else", async () => {
  const known = (address: string, username: string) => ({
    address: new URL(address),
    username,
    password: "p",
  });
  const credentials = [
    known(`${index.origin}/other/simple/`, "far"),
    known(`${index.origin}/files/simple/`, "near"),
    known("https://127.0.0.1/simple/", "elsewhere"),
  ];
  await get(index.fileUrl(wheel.name), { credentials });
  await get(other.fileUrl(wheel.name), { credentials });
  expect(sent(index)).toEqual([basic("near:p")]);
  expect(sent(other)).toEqual([undefined]);
});

test("netrc gives what the address does not, also after a redirect to its host", async () => {
  await writeFile(join(folder, ".netrc"), "machine 127.0.0.1 login me password secret");
  await writeFile(
    join(folder, "mine"),
    "machine elsewhere login me password secret\ndefault login a password b",
  );
  const url = index.fileUrl(wheel.name);
  await get(url);
  await get(withLogin(url, "you:own"));
  await get(url, { environment: { NETRC: join(folder, "mine") } });
  expect(sent(index)).toEqual([basic("me:secret"), basic("you:own"), undefined]);
});

test("redirects are followed, each kind, but not in a circle", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    index.trouble(wheel.name, { kind: "redirect", to: other.origin, status });
    expect(await get(index.fileUrl(wheel.name))).toBe(whole);
  }
  index.trouble(wheel.name, { kind: "redirect", to: "" });
  await expect(get(index.fileUrl(wheel.name))).rejects.toMatchObject({
    code: "FETCH_FAILED",
    message: `${new URL(index.origin).host} redirects more than ten times`,
  });
});

test("a proxy is asked for the whole address, with its own name and password", async () => {
  const proxy = await startProxy();
  const HTTP_PROXY = withLogin(proxy.origin, "pro:xy");
  const url = index.fileUrl(wheel.name);
  index.wantPassword("me", "secret");
  expect(await get(withLogin(url, "me:secret"), { environment: { HTTP_PROXY } })).toBe(whole);
  expect(proxy.asked()).toEqual([`GET ${url} ${basic("pro:xy")}`]);
  expect(index.requests()[0]).toMatchObject({
    host: new URL(index.origin).host,
    authorization: basic("me:secret"),
  });
  expect(await get(url, { environment: { HTTP_PROXY, NO_PROXY: "127.0.0.0/8" } })).toBe("401 0");
  expect(proxy.asked()).toHaveLength(1);
});

test("a kept connection that the server has closed is replaced without a word", async () => {
  const client = new HttpClient({ environment: {} });
  try {
    for (let round = 0; round < 3; round++) {
      const response = await client.get(new URL(index.fileUrl(wheel.name)));
      for await (const _ of response);
      index.dropConnections();
    }
    expect(index.requests().map(({ connection }) => connection)).toEqual([0, 1, 2]);
  } finally {
    client.close();
  }
});

test("a server's certificate must be trusted, straight and through a proxy", async (context) => {
  const missing = missingTools([["openssl", "version"]]);
  if (missing.length > 0) context.skip(`needs ${missing.join(", ")}`);
  const { certFile, ...tls } = await testCertificate(folder);
  await index.stop();
  index = await startPackageIndex([wheel], { tls });
  const hash = await run(["openssl", "x509", "-noout", "-hash", "-in", certFile]);
  const SSL_CERT_DIR = join(folder, "certs");
  await mkdir(SSL_CERT_DIR);
  await symlink(certFile, join(SSL_CERT_DIR, `${hash.stdout.trim()}.0`));
  await symlink("gone", join(SSL_CERT_DIR, "01234567.0"));
  const proxy = await startProxy();
  const url = index.fileUrl(wheel.name);
  const { host } = new URL(url);
  const HTTPS_PROXY = withLogin(proxy.origin, "pro:xy");
  for (const environment of [{}, { HTTPS_PROXY }]) {
    await expect(get(url, { environment })).rejects.toMatchObject({
      code: "FETCH_CERTIFICATE",
      message: `the certificate of ${host} is not trusted: self-signed certificate`,
      hint: "name your organisation's certificates with SSL_CERT_FILE or NODE_EXTRA_CA_CERTS",
    });
    for (const name of ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"]) {
      expect(await get(url, { environment: { ...environment, [name]: certFile } })).toBe(whole);
    }
    expect(await get(url, { environment: { ...environment, SSL_CERT_DIR } })).toBe(whole);
  }
  expect(new Set(proxy.asked())).toEqual(new Set([`CONNECT ${host} ${basic("pro:xy")}`]));
  const gone = { SSL_CERT_FILE: join(folder, "gone.pem") };
  await expect(get(url, { environment: gone })).rejects.toMatchObject({
    code: "FETCH_CERTIFICATE",
    message: `SSL_CERT_FILE names ${folder}/gone.pem, which cannot be read: no such file or folder`,
  });
});

test.each(["http", "https"])("a proxy that refuses %s is told from the server", async (scheme) => {
  const url = `${scheme}://index.invalid/${wheel.name}`;
  const wants = await startProxy({ refuse: 407 });
  const message =
    "the proxy 127.0.0.1 wants a name and password, or does not accept those it was given";
  const through = (proxy: ForwardProxy) => ({ environment: { ALL_PROXY: proxy.origin } });
  const refused = { code: "FETCH_PROXY", message };
  await expect(get(url, through(wants))).rejects.toMatchObject(refused);
});

test("a proxy that never answers ends with the connection's time", async () => {
  const silent = createServer((socket) => void socket.resume());
  await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const environment = { HTTPS_PROXY: `127.0.0.1:${port}` };
  await expect(
    get("https://index.invalid/", { environment, connectMs: 100 }),
  ).rejects.toMatchObject({
    error: { code: "FETCH_TIMEOUT", message: "no connection to index.invalid within 0.1 s" },
  });
  await new Promise((resolve) => silent.close(resolve));
});
