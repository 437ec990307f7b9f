import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openStore, type Store } from "../store/store.ts";
import { LastBuilds } from "./last-builds.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-last-"));
  store = await openStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const build = (zip: string) => ({ key: `key of ${zip}`, zip, base: undefined });

test("what is built one after the other, several at a time, is kept at the end in one file", async () => {
  const last = new LastBuilds(store, "/monorepo");
  const written = vi.spyOn(store, "writeRecord");
  const labels = Array.from({ length: 40 }, (_, index) => `f${index}`);
  const lane = async (mine: readonly string[]): Promise<void> => {
    for (const label of mine) await last.noting(label, async () => build(`zip of ${label}`));
  };
  await last.noting("alone", async () => build("zip"));
  expect(written).toHaveBeenCalledTimes(1);
  await Promise.all([0, 1, 2, 3].map((at) => lane(labels.slice(10 * at, 10 * (at + 1)))));
  expect(written).toHaveBeenCalledTimes(1);
  await new Promise(setImmediate);
  expect(written).toHaveBeenCalledTimes(2);
  const again = new LastBuilds(store, "/monorepo");
  expect(again.of("alone")?.zips).toEqual(["zip"]);
  for (const label of labels) expect(again.of(label)?.zips).toEqual([`zip of ${label}`]);
});

test("a process that ends at once keeps it too", async () => {
  const listeners = process.listeners("exit");
  const last = new LastBuilds(store, "/monorepo");
  await last.noting("one", async () => build("first"));
  await last.noting("one", async () => build("second"));
  const added = process.listeners("exit").filter((listener) => !listeners.includes(listener));
  expect(added).toHaveLength(1);
  added[0]?.(0);
  expect(new LastBuilds(store, "/monorepo").of("one")?.zips).toEqual(["second", "first"]);
  expect(process.listeners("exit")).toEqual(listeners);
});

test("a build that fails keeps nothing of its own, and what others made", async () => {
  const last = new LastBuilds(store, "/monorepo");
  const failing = last.noting("bad", () => Promise.reject(new Error("no")));
  const good = last.noting("good", async () => build("zip"));
  await expect(failing).rejects.toThrow("no");
  await good;
  const again = new LastBuilds(store, "/monorepo");
  expect(again.of("good")?.key).toBe("key of zip");
  expect(again.of("bad")).toBeUndefined();
});
