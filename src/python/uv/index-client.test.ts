import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startForwardProxy, type ForwardProxy } from "../../../test/support/forward-proxy.ts";
import { startPackageIndex, type PackageIndex } from "../../../test/support/package-index.ts";
import { getText } from "../../host/get-text.ts";
import { openIndexClient } from "./index-client.ts";

let folder: string;
let index: PackageIndex;
let proxy: ForwardProxy;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-client-"));
  index = await startPackageIndex([]);
  proxy = await startForwardProxy({});
});
afterEach(async () => {
  await index.stop();
  await proxy.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ask(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const surroundings = { HOME: folder, XDG_CONFIG_DIRS: folder, ...environment };
  const { client } = openIndexClient({ folder, environment: surroundings });
  try {
    await getText(new URL(index.url), { client, accept: "text/html", pausesMs: [] });
  } finally {
    client.close();
  }
}

test("the proxies that uv's files name are used, unless the environment says another thing", async () => {
  await writeFile(join(folder, "uv.toml"), `http-proxy = "${proxy.origin}"\n`);
  await ask();
  expect(proxy.asked()).toHaveLength(1);
  await ask({ no_proxy: "127.0.0.1" });
  await writeFile(
    join(folder, "uv.toml"),
    `http-proxy = "${proxy.origin}"\nno-proxy = ["elsewhere.invalid", "127.0.0.1"]\n`,
  );
  await ask();
  expect(proxy.asked()).toHaveLength(1);
});

test.each([
  ["ALL_PROXY", { ALL_PROXY: "socks5://127.0.0.1:1" }, ""],
  ["ALL_PROXY", { PIP_PROXY: "socks5h://127.0.0.1:1" }, ""],
  ["HTTP_PROXY", {}, 'http-proxy = "socks5://127.0.0.1:1"\n'],
])(
  "a SOCKS proxy of %s is refused, and nobody is asked without it",
  async (name, environment, uv) => {
    await writeFile(join(folder, "uv.toml"), uv);
    await expect(ask(environment)).rejects.toMatchObject({
      code: "FETCH_PROXY",
      message: expect.stringContaining(`the proxy that ${name} names is a socks5`),
    });
    expect(index.requests()).toEqual([]);
  },
);
