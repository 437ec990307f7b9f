import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hexOf, type MadeFile } from "../../test/support/make-wheel.ts";
import { startPackageIndex, type PackageIndex } from "../../test/support/package-index.ts";
import { download, type DownloadOptions } from "./download.ts";
import { HttpClient } from "./http-client.ts";

const size = 3_000_000;
const bytes = Buffer.alloc(size, "a few bytes that are not all the same, ");
const file: MadeFile = { name: "six-1.0-py3-none-any.whl", bytes, sha256: hexOf(bytes) };
const flipped = Buffer.from(bytes);
flipped[size >> 1]! ^= 1;

let folder: string;
let index: PackageIndex;
let client: HttpClient;
let counted: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-download-"));
  index = await startPackageIndex([file]);
  client = new HttpClient({ environment: { HOME: folder } });
  counted = 0;
});
afterEach(async () => {
  client.close();
  await index.stop();
  await rm(folder, { recursive: true });
});

const get = (options: Partial<DownloadOptions> = {}, name = file.name): Promise<void> =>
  download(new URL(index.fileUrl(name)), join(folder, "got"), {
    client,
    sha256: file.sha256,
    size,
    pausesMs: [1, 1],
    onBytes: (count) => (counted += count),
    ...options,
  });

async function expectWhole(): Promise<void> {
  expect((await readFile(join(folder, "got"))).equals(bytes)).toBe(true);
  expect(counted).toBe(size);
}

const statuses = (): number[] => index.requests().map(({ status }) => status);

test("a file is downloaded and counted, over a connection that is used again", async () => {
  await get();
  await expectWhole();
  counted = 0;
  await rm(join(folder, "got"));
  await get({ size: undefined! });
  await expectWhole();
  expect(index.requests().map(({ connection }) => connection)).toEqual([0, 0]);
  expect(index.requests()[0]).not.toHaveProperty("authorization");
});

test("a connection that breaks again and again is taken up where it broke", async () => {
  index.trouble(file.name, { kind: "dies", afterBytes: 700_000, times: 4 });
  await get({ pausesMs: [1, 1, 1, 1] });
  await expectWhole();
  const [first, ...others] = index.requests();
  expect(first).not.toHaveProperty("range");
  expect(others).toHaveLength(4);
  for (const [n, { range, ifRange, status }] of others.entries()) {
    expect(Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1])).toBeLessThanOrEqual(700_000 * (n + 1));
    expect({ ifRange, status }).toEqual({ ifRange: `"${size}"`, status: 206 });
  }
});

test.each([
  ["the server knows no ranges", { kind: "no-ranges" }],
  ["the file was replaced meanwhile", { kind: "new-validators" }],
] as const)("where %s, it is taken from the beginning", async (_, then) => {
  index.trouble(file.name, { kind: "dies", afterBytes: 700_000, times: 1 });
  const asked = get({ pausesMs: [200] });
  await expect.poll(() => index.requests().length).toBe(1);
  index.trouble(file.name, then);
  await asked;
  await expectWhole();
  expect(statuses()).toEqual([200, 200]);
});

test("without a validator nothing is joined", async () => {
  index.trouble(file.name, { kind: "no-validators", times: 1 });
  index.trouble(file.name, { kind: "dies", afterBytes: 700_000, times: 1 });
  await get();
  await expectWhole();
});

test("two halves that do not fit, though the server said so, are fetched anew as one", async () => {
  index.add({ ...file, bytes: flipped });
  index.trouble(file.name, { kind: "dies", afterBytes: 2_000_000, times: 1 });
  const asked = get({ pausesMs: [200] });
  await expect.poll(() => index.requests().length).toBe(1);
  index.add(file);
  await asked;
  await expectWhole();
  expect(statuses()).toEqual([200, 206, 200]);
});

test.each([408, 429, 500, 502, 503, 504])("a %d passes, and is tried again", async (status) => {
  index.trouble(file.name, { kind: "status", status, times: 2 });
  await get();
  await expectWhole();
  expect(statuses()).toEqual([status, status, 200]);
});

test("what does not pass is told in the end, as often tried as said", async () => {
  index.trouble(file.name, { kind: "status", status: 503 });
  await expect(get()).rejects.toMatchObject({
    code: "FETCH_FAILED",
    message: `${new URL(index.origin).host} answered 503 to the request for ${file.name}`,
  });
  expect(statuses()).toEqual([503, 503, 503]);
  expect(await readdir(folder)).toEqual([]);
});

test("a server's Retry-After is kept to, unless it is too long", async () => {
  index.trouble(file.name, { kind: "status", status: 503, retryAfter: "1", times: 1 });
  const begin = performance.now();
  await get();
  expect(performance.now() - begin).toBeGreaterThan(990);
  index.trouble(file.name, { kind: "status", status: 429, retryAfter: "3600" });
  await expect(get()).rejects.toMatchObject({ code: "FETCH_FAILED" });
  expect(statuses()).toEqual([503, 200, 429]);
});

test.each([
  [
    "wrong bytes",
    { kind: "wrong-bytes" },
    "FETCH_HASH",
    `has sha256 ${hexOf(flipped)}, expected ${file.sha256}`,
  ],
  [
    "a short file",
    { kind: "wrong-length", by: -1 },
    "FETCH_SIZE",
    `has ${size - 1} bytes, expected ${size}`,
  ],
  [
    "a long file",
    { kind: "wrong-length", by: 7 },
    "FETCH_SIZE",
    `has ${size + 7} bytes, expected ${size}`,
  ],
] as const)("%s is refused at once, and nothing is kept", async (_, trouble, code, words) => {
  index.trouble(file.name, trouble);
  const { host } = new URL(index.origin);
  const message = `${file.name} from ${host} ${words}`;
  await expect(get()).rejects.toMatchObject({ code, message });
  expect(index.downloads(file.name)).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test("a short file of unknown size is refused by its hash", async () => {
  index.trouble(file.name, { kind: "wrong-length", by: -1 });
  await expect(get({ size: undefined! })).rejects.toMatchObject({ code: "FETCH_HASH" });
});

test("a file that is not there is not asked for again", async () => {
  await expect(get({}, "gone.whl")).rejects.toMatchObject({
    code: "FETCH_MISSING",
    message: `gone.whl is not at ${index.fileUrl("gone.whl")} (404)`,
  });
  expect(statuses()).toEqual([404]);
});

test("a server that sends nothing more is given up by name, and taken up again", async () => {
  index.trouble(file.name, { kind: "stalls", afterBytes: 100_000, times: 1 });
  await get({ idleMs: 200 });
  await expectWhole();
  index.trouble(file.name, { kind: "stalls", afterBytes: 100_000 });
  await expect(get({ idleMs: 100 })).rejects.toMatchObject({
    code: "FETCH_TIMEOUT",
    message: `${new URL(index.origin).host} sent nothing more of ${file.name} for 0.1 s`,
  });
});

test("a server that never answers, and one that never ends, are given up", async () => {
  client = new HttpClient({ environment: {}, answerMs: 100 });
  index.trouble(file.name, { kind: "silent" });
  await expect(get()).rejects.toMatchObject({
    code: "FETCH_TIMEOUT",
    message: `no answer from ${new URL(index.origin).host} within 0.1 s`,
  });
  index.trouble(file.name, { kind: "slow", bytesPerSecond: 100 });
  await expect(get({ atMostMs: 300 })).rejects.toMatchObject({ code: "FETCH_TIMEOUT" });
});

test("a server that is not there, or hangs up, is tried again and named", async () => {
  index.trouble(file.name, { kind: "hangs-up", times: 2 });
  await get();
  await expectWhole();
  await index.stop();
  await expect(get()).rejects.toMatchObject({
    code: "FETCH_FAILED",
    message: `cannot reach ${new URL(index.origin).host}: connection refused`,
  });
});

test("an interruption stops it at once, also in a pause, and nothing is kept", async () => {
  index.trouble(file.name, { kind: "slow", bytesPerSecond: 1_000 });
  const message = `stopped before ${file.name} was downloaded`;
  const stopped = { code: "INTERRUPTED", message };
  await expect(get({ signal: AbortSignal.timeout(200) })).rejects.toMatchObject(stopped);
  index.trouble(file.name, { kind: "status", status: 503 });
  const options = { signal: AbortSignal.timeout(200), pausesMs: [60_000] };
  await expect(get(options)).rejects.toMatchObject(stopped);
  expect(await readdir(folder)).toEqual([]);
});

test("where it cannot be written, that is the error, and the connection is ended", async () => {
  const place = join(folder, "no", "such", "folder");
  await expect(
    download(new URL(index.fileUrl(file.name)), place, { client, sha256: file.sha256 }),
  ).rejects.toMatchObject({
    code: "FILE_WRITE",
    message: expect.stringContaining(place) as string,
  });
});
