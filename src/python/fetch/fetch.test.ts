import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeSdist } from "../../../test/support/make-sdist.ts";
import { makeWheel, type MadeFile } from "../../../test/support/make-wheel.ts";
import { runScript } from "../../../test/support/other-world.ts";
import { startPackageIndex, type PackageIndex } from "../../../test/support/package-index.ts";
import { Store } from "../../store/store.ts";
import { fetchFiles } from "./fetch.ts";
import type { FetchOptions, FetchProgress } from "./fetch-options.ts";
import type { LockedFile } from "../lock/locked.ts";

const made = Array.from({ length: 30 }, (_, n) =>
  makeWheel({ "m.bin": Buffer.alloc(1_000 * (n + 1), n) }, { name: `pkg${n}`, stored: true }),
);
const sdist = makeSdist({ "setup.py": "x" }, { name: "src" });

let folder: string;
let store: Store;
let index: PackageIndex;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-fetch-"));
  store = new Store(join(folder, "store"));
  index = await startPackageIndex([...made, sdist]);
});
afterEach(async () => {
  await index.stop();
  await rm(folder, { recursive: true });
});

const locked = ({ name, bytes, sha256 }: MadeFile): LockedFile => ({
  name,
  sha256,
  size: bytes.length,
  url: index.fileUrl(name),
});

const fetch = (files: readonly LockedFile[], options: Partial<FetchOptions> = {}) =>
  fetchFiles(files, { store, folder, environment: { HOME: folder }, ...options });

const [first, second] = [made[0]!, made[1]!];

/** All files of the store, without the folders. */
async function kept(): Promise<string[]> {
  const all = await readdir(store.folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("files come into the store under their hash, the biggest first, each once", async () => {
  const files = [...made, sdist, ...made].map(locked);
  const seen: FetchProgress[] = [];
  const paths = await fetch(files, { onProgress: (progress) => seen.push(progress) });
  expect(paths.size).toBe(31);
  for (const file of [...made, sdist]) {
    expect((await readFile(paths.get(file.sha256) ?? "")).equals(file.bytes)).toBe(true);
  }
  expect(paths.get(first.sha256)).toBe(store.path("wheels-v1", first.sha256));
  expect(paths.get(sdist.sha256)).toBe(store.path("files-v1", sdist.sha256));
  expect(await kept()).toHaveLength(31);
  const asked = index.requests().map(({ path }) => Number(/pkg(\d+)/.exec(path)?.[1] ?? -1));
  expect(asked).toHaveLength(31);
  expect(Math.min(...asked.slice(0, 8))).toBeGreaterThan(5);
  const connections = new Set(index.requests().map(({ connection }) => connection));
  expect(connections.size).toBeLessThanOrEqual(16);
  const totalBytes = [...made, sdist].reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect(seen.at(-1)).toEqual({
    receivedBytes: totalBytes,
    totalBytes,
    receivedFiles: 31,
    totalFiles: 31,
  });
  expect(await fetch(files)).toEqual(paths);
  expect(index.requests()).toHaveLength(31);
});

test("local files are copied, and hashed like any other", async () => {
  const path = join(folder, first.name);
  await writeFile(path, first.bytes);
  const { url: _, ...plain } = locked(first);
  const byPath = { ...plain, path };
  const byUrl = { ...locked(first), url: pathToFileURL(path).href };
  for (const file of [byPath, byUrl]) {
    const paths = await fetch([file]);
    expect((await readFile(paths.get(first.sha256) ?? "")).equals(first.bytes)).toBe(true);
    store.discard("wheels-v1", first.sha256);
  }
  await writeFile(path, second.bytes);
  await expect(fetch([byPath])).rejects.toMatchObject({
    code: "FETCH_HASH",
    message: `${path} has sha256 ${second.sha256}, expected ${first.sha256}`,
  });
  await rm(path);
  await expect(fetch([byUrl])).rejects.toMatchObject({
    code: "FETCH_MISSING",
    message: `${first.name} is not at ${path}`,
  });
  await expect(fetch([plain])).rejects.toMatchObject({ code: "FETCH_MISSING" });
  expect(await kept()).toEqual([]);
});

test("one that fails stops the others, and is the error; what was whole by then is kept", async () => {
  index.trouble(second.name, { kind: "slow", bytesPerSecond: 10 });
  index.trouble(first.name, { kind: "wrong-bytes" });
  await expect(fetch([first, second, sdist].map(locked))).rejects.toMatchObject({
    code: "FETCH_HASH",
  });
  const names = await kept();
  expect(names).not.toContain(store.path("wheels-v1", first.sha256));
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  index.trouble(second.name, { kind: "slow", bytesPerSecond: 1e9 });
  index.trouble(first.name, { kind: "no-ranges" });
  expect((await fetch([first, second, sdist].map(locked))).size).toBe(3);
});

test("a file in the store that was cut short is fetched again", async () => {
  const [path] = (await fetch([locked(first)])).values();
  for (const length of [0, 500]) {
    await truncate(path ?? "", length);
    await fetch([locked(first)]);
    expect((await readFile(path ?? "")).equals(first.bytes)).toBe(true);
  }
  expect(index.downloads(first.name)).toBe(3);
});

test("names and passwords come from the index's configuration, and are never shown", async () => {
  index.wantPassword("me", "secret");
  await expect(fetch([locked(first)])).rejects.toMatchObject({
    code: "FETCH_CREDENTIALS",
    message: `${new URL(index.origin).host} wants a name and password for ${first.name}, or does not accept those it was given`,
  });
  const address = index.url.replace("//", "//me:wrong@");
  const wrong = fetch([locked(first)], { environment: { UV_INDEX_URL: address } });
  const error: unknown = await wrong.catch((one: unknown) => one);
  expect(error).toMatchObject({ code: "FETCH_CREDENTIALS" });
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain("wrong");
  const right = index.url.replace("//", "//me:secret@");
  await fetch([locked(first)], { environment: { PIP_INDEX_URL: right } });
  const byName = {
    UV_INDEX: `in-house=${index.url}`,
    UV_INDEX_IN_HOUSE_USERNAME: "me",
    UV_INDEX_IN_HOUSE_PASSWORD: "secret",
  };
  await fetch([locked(second)], { environment: byName });
  const uvToml = `[[index]]\nname = "in-house"\nurl = "${right}"\n`;
  await writeFile(join(folder, "uv.toml"), uvToml);
  await fetch([locked(sdist)]);
  for (const name of await kept()) {
    expect((await readFile(name, "latin1")) + name).not.toContain("secret");
  }
});

test("the time to wait is uv's", async () => {
  index.trouble(first.name, { kind: "silent" });
  const controller = new AbortController();
  const waiting = fetch([locked(first)], {
    environment: { UV_HTTP_TIMEOUT: "0.2" },
    signal: controller.signal,
  });
  await expect.poll(() => index.downloads(first.name)).toBeGreaterThan(1);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "INTERRUPTED" });
});

test("two processes at once download each file once", async () => {
  for (const { name } of made) index.trouble(name, { kind: "silent", forMs: 30 });
  const script = `
    import { fetchFiles } from ${JSON.stringify(join(import.meta.dirname, "fetch.ts"))};
    import { Store } from ${JSON.stringify(join(import.meta.dirname, "../../store/store.ts"))};
    const [folder, files] = process.argv.slice(2);
    const paths = await fetchFiles(JSON.parse(files), { store: new Store(folder), folder });
    console.log(paths.size);`;
  const args = [store.folder, JSON.stringify(made.map(locked))];
  for (const result of await Promise.all([1, 2].map(() => runScript(folder, script, { args }))))
    expect(result).toEqual({ exitCode: 0, stdout: "30\n", stderr: "" });
  expect(index.requests()).toHaveLength(30);
  expect(await kept()).toHaveLength(30);
});
