import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Store } from "./store.ts";
import { verify } from "./verify.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-verify-"));
  store = new Store(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const put = (bucket: string, key: string, text: string): Promise<string> =>
  store.place(bucket, key, (path) => writeFile(path, text));

test("a whole store is found whole, and nothing in it changes", async () => {
  await put("wheels-v1", sha256("a wheel"), "a wheel");
  await put("built-v1", sha256("inputs"), "made from them");
  store.writeRecord("facts-v1", sha256("x"), { x: 1 });
  expect(await verify(store, ["wheels-v1"])).toEqual({ checkedFiles: 2, damaged: [] });
  expect(store.find("built-v1", sha256("inputs"))).toBeDefined();
});

test("a flipped byte, a cut and a stranger are removed by name; what is not checkable stays", async () => {
  const wheel = await put("wheels-v1", sha256("a wheel"), "a whee1");
  const empty = await put("wheels-v1", sha256("more"), "");
  const strange = await put("wheels-v1", "ab.not-a-hash".replace(".", "c"), "more");
  await put("wheels-v1", sha256("fine"), "fine");
  store.writeRecord("facts-v1", sha256("x"), { x: 1 });
  store.writeRecord("facts-v1", sha256("y"), { y: 1 });
  const record = store.path("facts-v1", sha256("x"));
  await truncate(record, (await readFile(record)).length - 1);
  const { checkedFiles, damaged } = await verify(store, ["wheels-v1"]);
  expect(checkedFiles).toBe(6);
  expect(damaged.map(({ path }) => path).toSorted()).toEqual(
    [wheel, empty, strange, record].toSorted(),
  );
  expect(damaged).toContainEqual({
    bucket: "wheels-v1",
    key: sha256("a wheel"),
    path: wheel,
    reason: `its sha256 is ${sha256("a whee1")}`,
    removed: true,
  });
  expect(damaged).toContainEqual(
    expect.objectContaining({ path: record, reason: "it contradicts its checksum" }),
  );
  expect(await verify(store, ["wheels-v1"])).toEqual({ checkedFiles: 2, damaged: [] });
});
