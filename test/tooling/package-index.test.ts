import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { temporaryFolder } from "../../src/host/dirs.ts";
import { sha256File } from "../../src/host/files.ts";
import { run } from "../../src/host/run.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { missingTools } from "../support/missing-tools.ts";
import { startPackageIndex, type PackageIndex } from "../support/package-index.ts";

const wheel = makeWheel({ "one.py": "1\n".repeat(500) }, { name: "one", requires: ["two"] });
const two = { ...makeWheel({ "two.py": "" }, { name: "two" }), requiresPython: ">=3.8" };

let index: PackageIndex | undefined;
afterEach(() => index?.stop());

async function body(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

test("projects are served as HTML and JSON, metadata beside the wheel", async () => {
  index = await startPackageIndex([wheel, { ...two, yanked: "bad" }]);
  const html = await (await fetch(`${index.url}one/`)).text();
  expect(html).toContain(`href="${index.fileUrl(wheel.name)}#sha256=${wheel.sha256}"`);
  const headers = { accept: "application/vnd.pypi.simple.v1+json" };
  const page: unknown = await (await fetch(`${index.url}Two`, { headers })).json();
  expect(page).toMatchObject({
    name: "two",
    files: [
      {
        filename: two.name,
        hashes: { sha256: two.sha256 },
        "requires-python": ">=3.8",
        yanked: "bad",
      },
    ],
  });
  const metadata = await fetch(`${index.fileUrl(wheel.name)}.metadata`);
  expect(await metadata.text()).toBe(wheel.metadata);
  expect((await fetch(`${index.url}three/`)).status).toBe(404);
});

test("ranges hold while the validator does", async () => {
  index = await startPackageIndex([wheel]);
  const url = index.fileUrl(wheel.name);
  const whole = await fetch(url);
  const etag = whole.headers.get("etag") ?? "";
  expect(await body(whole)).toEqual(Buffer.from(wheel.bytes));
  const rest = await fetch(url, { headers: { range: "bytes=100-", "if-range": etag } });
  expect(rest.status).toBe(206);
  expect(await body(rest)).toEqual(Buffer.from(wheel.bytes.subarray(100)));
  const stale = await fetch(url, { headers: { range: "bytes=100-", "if-range": '"old"' } });
  expect(stale.status).toBe(200);
  await stale.arrayBuffer();
  expect((await fetch(url, { headers: { range: "bytes=9999999-" } })).status).toBe(416);
  expect(index.downloads(wheel.name)).toBe(4);
});

test("trouble comes as asked and goes after its times", async () => {
  index = await startPackageIndex([wheel]);
  const url = index.fileUrl(wheel.name);
  index.trouble(wheel.name, { kind: "status", status: 503, retryAfter: "1", times: 1 });
  expect((await fetch(url)).status).toBe(503);
  expect((await fetch(url)).status).toBe(200);
  index.trouble(wheel.name, { kind: "dies", afterBytes: 50 });
  await expect(fetch(url).then(body)).rejects.toThrow("terminated");
  index.trouble(wheel.name, { kind: "wrong-length", by: -1 });
  expect(await body(await fetch(url))).toHaveLength(wheel.bytes.length - 1);
  index.trouble(wheel.name, { kind: "wrong-bytes" });
  expect(await body(await fetch(url))).not.toEqual(Buffer.from(wheel.bytes));
  index.trouble(wheel.name, { kind: "redirect", to: index.origin, times: 1 });
  expect((await fetch(url)).redirected).toBe(true);
  index.wantPassword("me", "secret");
  expect((await fetch(url)).status).toBe(401);
});

test("pip finds, resolves and downloads from it, with a password", async (context) => {
  const missing = missingTools([["python3", "-m", "pip", "--version"]]);
  if (missing.length > 0) context.skip(`needs ${missing.join(", ")}`);
  const served = (index = await startPackageIndex([wheel, two]));
  served.wantPassword("me", "secret");
  await temporaryFolder("touchdown-index", async (cwd) => {
    const url = served.url.replace("//", "//me:secret@");
    const pip = ["python3", "-m", "pip", "--disable-pip-version-check", "--no-cache-dir"];
    const download = [...pip, "download", "--isolated", "--index-url", url, "one"];
    expect(await run(download, { cwd })).toMatchObject({ exitCode: 0 });
    expect(await sha256File(join(cwd, wheel.name))).toBe(wheel.sha256);
    expect(await sha256File(join(cwd, two.name))).toBe(two.sha256);
  });
  expect(served.requests().map(({ path }) => path)).toContain(`/files/${wheel.name}.metadata`);
});
