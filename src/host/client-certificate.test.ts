import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startForwardProxy } from "../../test/support/forward-proxy.ts";
import { makeWheel } from "../../test/support/make-wheel.ts";
import { missingTools } from "../../test/support/missing-tools.ts";
import { startPackageIndex, type PackageIndex } from "../../test/support/package-index.ts";
import { testCertificate } from "../../test/support/test-certificate.ts";
import { openIndexClient } from "../python/uv/index-client.ts";
import { freePort } from "./free-port.ts";
import { clientCertificate } from "./client-certificate.ts";
import { getText } from "./get-text.ts";

const wheel = makeWheel({ "one.py": "1" }, { name: "one" });
let folder: string;
let index: PackageIndex | undefined;
let pems: {
  readonly server: string;
  readonly serverKey: string;
  readonly mine: string;
  readonly strange: string;
};

beforeEach(async (context) => {
  const missing = missingTools([["openssl", "version"]]);
  if (missing.length > 0) context.skip(`needs ${missing.join(", ")}`);
  folder = await mkdtemp(join(tmpdir(), "touchdown-client-"));
  const made = async (name: string) => {
    await mkdir(join(folder, name));
    const one = await testCertificate(join(folder, name));
    await writeFile(join(folder, `${name}.pem`), `${one.key}${one.cert}`);
    return one;
  };
  const [{ certFile: server, ...tls }, mine] = [await made("server"), await made("mine")];
  await made("strange");
  const serverKey = join(folder, "server", "key.pem");
  pems = {
    server,
    serverKey,
    mine: join(folder, "mine.pem"),
    strange: join(folder, "strange.pem"),
  };
  index = await startPackageIndex([wheel], { tls: { ...tls, clientCa: mine.cert } });
});
afterEach(async () => {
  await index?.stop();
  index = undefined;
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** As a lock's files and pages are asked for, with this environment and nothing else. */
async function get(
  environment: Readonly<Record<string, string>>,
  address = index?.url,
): Promise<string> {
  const { client } = openIndexClient({
    folder,
    environment: { HOME: folder, XDG_CONFIG_DIRS: folder, ...environment },
  });
  try {
    const accept = "text/html";
    const page = await getText(new URL("one/", address), { client, accept, pausesMs: [] });
    return page?.text ?? "";
  } finally {
    client.close();
  }
}

test("an index that asks for it is shown the certificate that uv or pip is configured with", async () => {
  const trusting = { SSL_CERT_FILE: pems.server };
  expect(await get({ ...trusting, SSL_CLIENT_CERT: pems.mine })).toContain(wheel.name);
  expect(await get({ ...trusting, PIP_CLIENT_CERT: pems.mine })).toContain(wheel.name);
  const pipConf = join(folder, "pip.conf");
  await writeFile(pipConf, `[global]\nclient-cert = ${pems.mine}\ncert = ${pems.server}\n`);
  expect(await get({ PIP_CONFIG_FILE: pipConf })).toContain(wheel.name);
  const proxy = await startForwardProxy({});
  try {
    const through = { ...trusting, SSL_CLIENT_CERT: pems.mine, HTTPS_PROXY: proxy.origin };
    expect(await get(through)).toContain(wheel.name);
    expect(proxy.asked()).toHaveLength(1);
  } finally {
    await proxy.stop();
  }
});

const wanted = {
  code: "FETCH_CERTIFICATE",
  message: expect.stringMatching(/^127\.0\.0\.1:\d+ wants a certificate of this machine, or/),
  hint: expect.stringContaining("SSL_CLIENT_CERT"),
};

test("without one, what to do is said", async () => {
  await expect(get({ SSL_CERT_FILE: pems.server })).rejects.toMatchObject(wanted);
});

test("of one that it does not accept as well", async (context) => {
  const port = await freePort();
  // Node's own server cuts the connection without the alert that others send
  const words = [
    "openssl",
    "s_server",
    "-accept",
    `127.0.0.1:${port}`,
    "-cert",
    pems.server,
    "-key",
  ];
  const asking = ["-Verify", "1", "-verify_return_error", "-CAfile", pems.mine, "-www"];
  const [program = "", ...args] = [...words, pems.serverKey, ...asking];
  const server = spawn(program, args, { stdio: "pipe" });
  context.onTestFinished(() => void server.kill());
  for (let said = ""; !said.includes("ACCEPT");)
    said += String((await once(server.stdout, "data"))[0]);
  const environment = { SSL_CERT_FILE: pems.server, SSL_CLIENT_CERT: pems.strange };
  await expect(get(environment, `https://127.0.0.1:${port}/`)).rejects.toMatchObject(wanted);
});

test("a file that can not be one is refused before any connection, and its key is not shown", async () => {
  const refused = async (text: string): Promise<string> => {
    const path = join(folder, "bad.pem");
    await writeFile(path, text);
    try {
      clientCertificate({ PIP_CLIENT_CERT: path });
      return "";
    } catch (error) {
      return String(error);
    }
  };
  const key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
  const cert = "-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----\n";
  expect(await refused(key)).toContain("bad.pem, which holds no certificate");
  expect(await refused(cert)).toContain("bad.pem, which holds no private key");
  expect(await refused(cert + key)).toContain("bad.pem, which can't be used");
  expect(await refused(cert + key)).not.toContain("c2VjcmV0");
  expect(() => clientCertificate({ SSL_CLIENT_CERT: join(folder, "gone") })).toThrow(
    "which cannot be read: no such file or folder",
  );
});
