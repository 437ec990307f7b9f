import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { missingFor, runScript } from "../../test/support/other-world.ts";
import { run } from "../host/run.ts";
import { prune } from "./prune.ts";
import { Store } from "./store.ts";
import { usage } from "./usage.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-prune-"));
  store = new Store(join(folder, "store"));
});
afterEach(() => rm(folder, { recursive: true }));

const dayMs = 24 * 60 * 60 * 1000;
const [old, older, fresh] = ["0a".repeat(32), "0b".repeat(32), "0c".repeat(32)];

async function age(path: string, days: number): Promise<void> {
  const then = new Date(Date.now() - days * dayMs);
  await utimes(path, then, then);
}

/** A file of 1,000 bytes, used so many days ago. */
async function add(bucket: string, key: string, days: number): Promise<void> {
  const path = await store.place(bucket, key, (place) => writeFile(place, Buffer.alloc(1_000)));
  await age(path, days);
}

beforeEach(async () => {
  await add("wheels-v1", old, 10);
  await add("wheels-v1", older, 40);
  await add("wheels-v0", older, 50);
  await add("files-v1", fresh, 0);
});

test("the store's size is told by bucket, the biggest first", async () => {
  expect(await usage(store)).toEqual([
    { bucket: "wheels-v1", files: 2, bytes: 2_000 },
    { bucket: "files-v1", files: 1, bytes: 1_000 },
    { bucket: "wheels-v0", files: 1, bytes: 1_000 },
  ]);
  expect(await usage(new Store(join(folder, "none")))).toEqual([]);
});

test("what was not used for so long goes, of every version", async () => {
  expect(await prune(store, { unusedForMs: 30 * dayMs })).toEqual({
    removedFiles: 2,
    removedBytes: 2_000,
    keptFiles: 2,
    keptBytes: 2_000,
  });
  expect(store.find("wheels-v1", older)).toBeUndefined();
  expect(store.find("wheels-v1", old)).toBeDefined();
  expect(await prune(store, { unusedForMs: 30 * dayMs })).toMatchObject({ removedFiles: 0 });
});

test("what was used the longest ago goes until the size is right", async () => {
  expect(await prune(store, { atMostBytes: 2_500 })).toMatchObject({ keptBytes: 2_000 });
  expect((await usage(store)).map(({ bucket }) => bucket)).toEqual(["files-v1", "wheels-v1"]);
});

test("what may be in use stays, whatever the size; a use is one from reading on", async () => {
  store.find("wheels-v1", older);
  expect(await prune(store, { atMostBytes: 0, unusedForMs: 0 })).toEqual({
    removedFiles: 2,
    removedBytes: 2_000,
    keptFiles: 2,
    keptBytes: 2_000,
  });
  expect(store.find("wheels-v1", older)).toBeDefined();
  expect(store.find("files-v1", fresh)).toBeDefined();
});

test("what killed processes left goes when it is old; what is not ours never", async () => {
  const lock = join(store.folder, "locks-v1", "wheels-v1-x");
  const half = `${dirname(store.path("wheels-v1", old))}/.x.12345678.tmp`;
  const foreign = join(store.folder, "watched", "x");
  for (const path of [lock, half, foreign]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "");
  }
  await symlink(foreign, `${store.path("wheels-v1", old)}x`);
  expect(await prune(store, {})).toMatchObject({ removedFiles: 0 });
  for (const path of [lock, half, foreign]) await age(path, 2);
  expect(await prune(store, {})).toMatchObject({ removedFiles: 2, removedBytes: 0 });
  expect(await prune(store, { unusedForMs: 0 })).toMatchObject({ keptFiles: 1 });
  expect(await readdir(dirname(foreign))).toEqual(["x"]);
});

test("compiled code, kept by its name, goes by age as all else; so does what later versions keep", async () => {
  const code = join(store.folder, "code-v1", "core.cjs-build");
  const half = `${code}.4711.tmp`;
  const later = join(store.folder, "touchdownfiles-v9", "00aa");
  for (const path of [code, half, later]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "code");
    await age(path, 20);
  }
  const seen = await usage(store);
  expect(seen).toContainEqual({ bucket: "code-v1", files: 2, bytes: 8 });
  expect(seen).toContainEqual({ bucket: "touchdownfiles-v9", files: 1, bytes: 4 });
  await prune(store, { unusedForMs: 30 * dayMs });
  expect(await readdir(dirname(code))).toEqual(["core.cjs-build"]);
  await prune(store, { unusedForMs: 15 * dayMs });
  expect([...(await readdir(dirname(code))), ...(await readdir(dirname(later)))]).toEqual([]);
});

test("a store that can't be written is an error that says so", async (context) => {
  const missing = await missingFor("setpriv");
  if (missing !== undefined) context.skip(missing);
  const script = `
    import { prune } from ${JSON.stringify(join(import.meta.dirname, "prune.ts"))};
    import { Store } from ${JSON.stringify(join(import.meta.dirname, "store.ts"))};
    const store = new Store(process.argv[2]);
    await prune(store, { unusedForMs: 0 }).catch((error) => console.log(error.code, error.message));`;
  await run(["chmod", "-R", "a+rX", folder]);
  const { stdout, stderr } = await runScript(folder, script, {
    args: [store.folder],
    setpriv: true,
  });
  expect(stderr + stdout).toBe(
    `STORE_WRITE cannot write to the store ${store.folder}: permission denied\n`,
  );
});
