import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../../store/store.ts";
import { zipBucket } from "../package-buckets.ts";
import { LastBuilds } from "./last-builds.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-last-"));
  store = await openStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const build = (zip: string, base?: string) => ({ key: `key of ${zip}`, group: "g", zip, base });

test("a Touchdownfile's last builds are found again, also those that another process has saved meanwhile", () => {
  const [mine, others] = [new LastBuilds(store, "/monorepo"), new LastBuilds(store, "/monorepo")];
  mine.note("one", build("first"));
  mine.note("one", build("second"));
  others.note("two", build("theirs"));
  others.save();
  mine.save();
  const again = new LastBuilds(store, "/monorepo");
  expect(again.of("one")).toEqual({ key: "key of second", group: "g", zips: ["second", "first"] });
  expect(again.of("two")?.zips).toEqual(["theirs"]);
  expect(new LastBuilds(store, "/elsewhere").of("one")).toBeUndefined();
});

test("of the zips before the newest two stay, and the one that the next is made from", async () => {
  const zips = ["aa1", "bb2", "cc3", "dd4"];
  for (const zip of zips) {
    mkdirSync(dirname(store.path(zipBucket, zip)), { recursive: true });
    writeFileSync(store.path(zipBucket, zip), zip);
  }
  const last = new LastBuilds(store, "/monorepo");
  for (const zip of zips) last.note("one", build(zip, "aa1"));
  await last.removeEarlier("one", "aa1");
  const there = () => zips.filter((zip) => existsSync(store.path(zipBucket, zip)));
  expect(there()).toEqual(["aa1", "cc3", "dd4"]);
  await last.removeEarlier("one");
  expect(there()).toEqual(["cc3", "dd4"]);
  await last.removeEarlier("one");
});

test("a zip that another package has too stays until that has it no more", async () => {
  const zips = ["aa1", "bb2", "cc3"];
  for (const zip of zips) {
    mkdirSync(dirname(store.path(zipBucket, zip)), { recursive: true });
    writeFileSync(store.path(zipBucket, zip), zip);
  }
  const before = new LastBuilds(store, "/monorepo");
  for (const zip of zips) before.note("one", build(zip));
  before.note("two", build("aa1"));
  before.save();
  const last = new LastBuilds(store, "/monorepo");
  await last.removeEarlier("one");
  expect(existsSync(store.path(zipBucket, "aa1"))).toBe(true);
  for (const zip of ["dd4", "bb2", "cc3"]) last.note("one", build(zip));
  for (const zip of ["bb2", "cc3"]) last.note("two", build(zip));
  await last.removeEarlier("two");
  expect(existsSync(store.path(zipBucket, "aa1"))).toBe(false);
});
