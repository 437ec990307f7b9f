import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TouchdownError } from "../errors.ts";
import { openStore, Store } from "./store.ts";

let folder: string;
let store: Store;
let problems: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-store-"));
  problems = [];
  store = new Store(join(folder, "store"), { onProblem: (problem) => problems.push(problem) });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const key = "ab".repeat(32);
const other = "abcd".repeat(16);
const options = { what: "one file", atMostMs: 30_000 };
const dayMs = 24 * 60 * 60 * 1000;

/** All names below a folder, folders left out. */
async function filesIn(place: string): Promise<string[]> {
  const all = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => []);
  return all.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

test("the user's store is in the cache folder, unless told otherwise", async () => {
  vi.stubEnv("TOUCHDOWN_CACHE_DIR", join(folder, "mine"));
  expect((await openStore()).folder).toBe(join(folder, "mine"));
  expect((await openStore(join(folder, "other"))).folder).toBe(join(folder, "other"));
});

test("a record reads back, in its place, and is replaced whole", async () => {
  expect(store.readRecord("facts-v1", key)).toBeUndefined();
  store.writeRecord("facts-v1", key, { name: "naïve", sizes: [1, 2] });
  expect(store.readRecord("facts-v1", key)).toEqual({ name: "naïve", sizes: [1, 2] });
  store.writeRecord("facts-v1", key, []);
  expect(store.readRecord("facts-v1", key)).toEqual([]);
  expect(store.path("facts-v1", key)).toBe(join(store.folder, "facts-v1", "ab", key.slice(2)));
  expect(await filesIn(store.folder)).toEqual([key.slice(2)]);
  expect(problems).toEqual([]);
});

test("a record that another process keeps after it was looked for is found", () => {
  const another = new Store(store.folder);
  expect(store.readRecord("facts-v1", key)).toBeUndefined();
  expect(store.readRecord("facts-v1", key)).toBeUndefined();
  another.writeRecord("facts-v1", key, { a: 1 });
  expect(store.readRecord("facts-v1", key)).toEqual({ a: 1 });
});

test("a record with any one bit wrong, or cut anywhere, is not there", async () => {
  store.writeRecord("facts-v1", key, { a: 1 });
  const path = store.path("facts-v1", key);
  const whole = await readFile(path);
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1 << (at % 8);
    await writeFile(path, flipped);
    expect(store.readRecord("facts-v1", key)).toBeUndefined();
    await writeFile(path, whole.subarray(0, at));
    expect(store.readRecord("facts-v1", key)).toBeUndefined();
  }
  await writeFile(path, whole);
  expect(store.readRecord("facts-v1", key)).toEqual({ a: 1 });
});

test("another key's record, a folder and another's file are not there", async () => {
  store.writeRecord("facts-v1", key, 1);
  store.writeRecord("facts-v1", other, 2);
  await cp(store.path("facts-v1", key), store.path("facts-v1", other));
  expect(store.readRecord("facts-v1", other)).toBeUndefined();
  await writeFile(store.path("facts-v1", other), '{"a": 1}');
  expect(store.readRecord("facts-v1", other)).toBeUndefined();
  await rm(store.path("facts-v1", other));
  await mkdir(store.path("facts-v1", other));
  expect(store.readRecord("facts-v1", other)).toBeUndefined();
  expect(store.find("facts-v1", other)).toBeUndefined();
});

test("a file is placed whole; one whose making fails is not there, and the error is its own", async () => {
  const failing = store.place("files-v1", key, async (path) => {
    await writeFile(path, "half");
    throw new TouchdownError("ZIP_CRC", "bad");
  });
  await expect(failing).rejects.toMatchObject({ code: "ZIP_CRC" });
  expect(await filesIn(store.folder)).toEqual([]);
  const path = await store.place("files-v1", key, (temporary) => writeFile(temporary, "whole"));
  expect(path).toBe(store.find("files-v1", key));
  expect(await readFile(path, "utf8")).toBe("whole");
  expect(await filesIn(store.folder)).toEqual([key.slice(2)]);
  expect(store.discard("files-v1", key)).toBe(true);
  expect(store.discard("files-v1", key)).toBe(false);
  expect(store.find("files-v1", key)).toBeUndefined();
});

test("a file of another size than it should have was cut short, and is not there", async () => {
  const path = await store.place("facts-v1", key, (temporary) => writeFile(temporary, "four"));
  expect(store.find("facts-v1", key)).toBe(path);
  expect(store.find("facts-v1", key, 4)).toBe(path);
  expect(store.find("facts-v1", key, 5)).toBeUndefined();
});

test("names that could leave the store, or be one file on some systems, are bugs", () => {
  for (const bad of [
    "",
    "ab",
    "../../etc",
    "ab/../x",
    "AB12",
    "ab.",
    "ab..",
    "abé",
    "a".repeat(300),
  ])
    expect(() => store.path("files-v1", bad)).toThrow("not a key");
  for (const bad of ["", "files", "../x-v1", "Files-v1", "files-v1/x", "-v1"])
    expect(() => store.path(bad, key)).toThrow("not a bucket");
});

test("one of many at once makes a file, the others wait and find it", async () => {
  let made = 0;
  const stores = [store, new Store(store.folder), new Store(store.folder)];
  const make = async (path: string): Promise<void> => {
    made += 1;
    await new Promise((done) => setTimeout(done, 30));
    await writeFile(path, "whole");
  };
  const calls = Array.from({ length: 9 }, (_, n) =>
    stores[n % 3]!.once("files-v1", key, options, make),
  );
  expect(new Set(await Promise.all(calls))).toEqual(new Set([store.path("files-v1", key)]));
  expect(made).toBe(1);
  expect(await filesIn(store.folder)).toEqual([key.slice(2)]);
});

test("who waits makes it, when the other failed", async () => {
  const second = new Store(store.folder);
  let waiting: Promise<string> | undefined;
  const failing = store.once("files-v1", key, options, async () => {
    waiting = second.once("files-v1", key, options, (path) => writeFile(path, "whole"));
    await new Promise((done) => setTimeout(done, 50));
    throw new TouchdownError("FILE_READ", "failed");
  });
  await expect(failing).rejects.toMatchObject({ code: "FILE_READ" });
  expect(await readFile((await waiting) ?? "", "utf8")).toBe("whole");
});

test("a holder that does not end costs time, not the run", async () => {
  const second = new Store(store.folder);
  await store.once("files-v1", key, options, async (temporary) => {
    await writeFile(temporary, "slow");
    const impatient = { ...options, atMostMs: 50 };
    const made = await second.once("files-v1", key, impatient, (own) => writeFile(own, "own"));
    expect(await readFile(made, "utf8")).toBe("own");
  });
  expect(await readFile(store.path("files-v1", key), "utf8")).toBe("slow");
  expect(await filesIn(store.folder)).toEqual([key.slice(2)]);
});

test("who waits can be interrupted", async () => {
  const second = new Store(store.folder);
  await store.once("files-v1", key, options, async (temporary) => {
    await writeFile(temporary, "slow");
    const signal = AbortSignal.timeout(50);
    const waiting = second.once("files-v1", key, { ...options, signal }, () => Promise.resolve());
    await expect(waiting).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});

test("on a file system without links, where no lock can be had, the work is done without", async () => {
  // what a lock's folder being a file does, every refusal to make the lock does
  await mkdir(store.folder);
  await writeFile(join(store.folder, "locks-v1"), "");
  const path = await store.once("files-v1", key, options, (own) => writeFile(own, "whole"));
  expect(await readFile(path, "utf8")).toBe("whole");
});

test("the last use is noted, once a day at most", async () => {
  store.writeRecord("facts-v1", key, 1);
  await store.place("files-v1", key, (path) => writeFile(path, "x"));
  const used = async (bucket: string): Promise<number> =>
    Date.now() - (await stat(store.path(bucket, key))).mtimeMs;
  const use = (): unknown => [store.readRecord("facts-v1", key), store.find("files-v1", key)];
  for (const bucket of ["facts-v1", "files-v1"]) {
    const path = store.path(bucket, key);
    const hoursAgo = new Date(Date.now() - dayMs / 2);
    await utimes(path, hoursAgo, hoursAgo);
    use();
    expect(await used(bucket)).toBeGreaterThan(dayMs / 3);
    const daysAgo = new Date(Date.now() - 3 * dayMs);
    await utimes(path, daysAgo, daysAgo);
    use();
    expect(await used(bucket)).toBeLessThan(dayMs / 3);
  }
});

test("a file in the store's place is a clear error, and no record is kept or found", async () => {
  await writeFile(store.folder, "");
  store.writeRecord("facts-v1", key, 1);
  expect(problems).toEqual([
    `cannot write to the store ${store.folder}: not a directory: the next run does this work again`,
  ]);
  expect(store.readRecord("facts-v1", key)).toBeUndefined();
  const placed = store.once("files-v1", key, options, (path) => writeFile(path, ""));
  await expect(placed).rejects.toMatchObject({ code: "STORE_WRITE" });
});

test("a bucket may be a link to another file system, under any umask", async (context) => {
  const elsewhere = await mkdtemp("/dev/shm/touchdown-store-").catch(() => undefined);
  if (elsewhere === undefined) context.skip("needs /dev/shm");
  const umask = process.umask(0o077);
  try {
    await mkdir(store.folder);
    await symlink(elsewhere!, join(store.folder, "files-v1"));
    const path = await store.once("files-v1", key, options, (own) => writeFile(own, "whole"));
    expect(await readFile(path, "utf8")).toBe("whole");
    expect(await filesIn(elsewhere!)).toEqual([key.slice(2)]);
  } finally {
    process.umask(umask);
    await rm(elsewhere!, { recursive: true });
  }
});
