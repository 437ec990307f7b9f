import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../../store/store.ts";
import { packageBucket, zipBucket } from "../package-buckets.ts";
import type { PackageId } from "../package-key.ts";
import { KeptPackages } from "./kept-packages.ts";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-kept-"));
  store = await openStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const group = "ab".repeat(32);
const id = (key: string): PackageId => ({ group, key });
const shaOf = (key: string) => Buffer.from(key).toString("hex").padStart(64, "0");
const made = (key: string) => ({ sha256: shaOf(key), size: 7, unzippedSize: 9, compiled: ["six"] });
const inputs = (app: string) => ({
  shared: { runtime: "python3.13", "pylock.toml": "a1" },
  own: { "app.py": `644 ${app.padEnd(64, "0")}`, "a.json": "b2".repeat(32) },
});

function putZip(key: string): void {
  const path = store.path(zipBucket, shaOf(key));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, key);
}

test("packages of the same dependencies and own paths are kept in one file, also two processes'", () => {
  const [mine, others] = [new KeptPackages(store), new KeptPackages(store)];
  for (const key of ["one", "two"]) mine.keep(id(key), made(key), inputs(key));
  expect(mine.find(id("one"))).toMatchObject(made("one"));
  expect(others.find(id("one"))).toBeUndefined();
  others.keep(id("three"), made("three"), inputs("3"));
  others.save();
  mine.save();
  const again = new KeptPackages(store);
  for (const key of ["one", "two", "three"]) expect(again.find(id(key))).toMatchObject(made(key));
  expect(again.find(id("four"))).toBeUndefined();
  expect(again.find({ group: "cd".repeat(32), key: "one" })).toBeUndefined();
  const files = readdirSync(join(folder, packageBucket), { recursive: true, withFileTypes: true });
  expect(files.filter((file) => file.isFile())).toHaveLength(1);
});

test("what differs from one that is kept is said in words, of own files and of shared inputs", () => {
  const kept = new KeptPackages(store);
  kept.keep(id("one"), made("one"), inputs("1"));
  kept.save();
  const again = new KeptPackages(store);
  const { shared, own } = inputs("2");
  expect(again.differenceTo(id("one"), inputs("1"))).toBeUndefined();
  expect(again.differenceTo(id("one"), { shared, own })).toBe("app.py changed");
  const mode = { ...inputs("1").own, "app.py": inputs("1").own["app.py"].replace("644", "755") };
  expect(again.differenceTo(id("one"), { shared, own: mode })).toBe("app.py changed");
  const bumped = { ...shared, "pylock.toml": "a2" };
  expect(again.differenceTo(id("one"), { shared: bumped, own: { "b.py": "1" } })).toBe(
    "a.json is gone, app.py is gone, b.py is new and 1 more",
  );
  expect(again.differenceTo(id("two"), inputs("1"))).toBeUndefined();
});

test("edit after edit, those are left out whose zip is gone", () => {
  const edits = Array.from({ length: 100 }, (_, at) => `edit${at}`);
  for (const [at, key] of edits.entries()) {
    const kept = new KeptPackages(store);
    putZip(key);
    if (at >= 3) rmSync(store.path(zipBucket, shaOf(edits[at - 3]!)));
    kept.keep(id(key), made(key), inputs(key));
    kept.save();
  }
  const kept = new KeptPackages(store);
  const left = edits.filter((key) => kept.find(id(key)) !== undefined);
  expect(left.length).toBeLessThanOrEqual(17);
  expect(left).toEqual(expect.arrayContaining(edits.slice(-3)));
});

test("a file that was damaged is as if it were not there, and is written anew", () => {
  const kept = new KeptPackages(store);
  kept.keep(id("one"), made("one"), inputs("1"));
  kept.save();
  writeFileSync(store.path(packageBucket, group), "touchdown record 1 0000");
  const next = new KeptPackages(store);
  expect(next.find(id("one"))).toBeUndefined();
  next.keep(id("two"), made("two"), inputs("2"));
  next.save();
  expect(new KeptPackages(store).find(id("two"))).toMatchObject(made("two"));
});
