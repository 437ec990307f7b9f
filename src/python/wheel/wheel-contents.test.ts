import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeElf } from "../../../test/support/make-elf.ts";
import { makeWheel, type WheelOptions } from "../../../test/support/make-wheel.ts";
import {
  pathsOf,
  unpacked,
  wheelWorld,
  type WheelWorld,
} from "../../../test/support/wheel-world.ts";
import { learnWheel } from "./learn-wheel.ts";
import { wheelContentsOf } from "./wheel-contents.ts";
import { decodeContents, encodeContents } from "./wheel-record.ts";

let world: WheelWorld;
beforeEach(async () => {
  world = await wheelWorld();
});
afterEach(() => world.remove());

const info = "a-1.0.dist-info";

describe("honest wheels", () => {
  test("an ordinary one, in byte order, each entry where its bytes are", async () => {
    const made = makeWheel(
      { "a/ﬀ.py": "1", "a/𝄞.py": "2", "a/b.py": "x\n".repeat(100), "a/a-b.py": "", a0: "3" },
      { name: "A", version: "1.0", requires: ['b>=1; extra == "c"'], requiresPython: ">=3.9" },
    );
    const file = await world.put(made);
    const contents = await learnWheel(file);
    expect(contents).toMatchObject({
      name: "a",
      version: "1.0",
      requires: ['b>=1; extra == "c"'],
      requiresPython: ">=3.9",
      elf: [],
      pathFiles: [],
    });
    expect(pathsOf(contents)).toEqual([
      `${info}/METADATA`,
      `${info}/RECORD`,
      `${info}/WHEEL`,
      "a/a-b.py",
      "a/b.py",
      "a/ﬀ.py",
      "a/𝄞.py",
      "a0",
    ]);
    expect((await unpacked(file, contents)).get("a/b.py")).toBe("x\n".repeat(100));
    expect(contents.entries.every(({ bytes }) => bytes === undefined)).toBe(true);
  });

  test("zip64, all stored, folders, and names with quotes and commas", async () => {
    const files = { 'a,"b".py': "1", "c.py": "x".repeat(50) };
    const folders = (all: Parameters<NonNullable<WheelOptions["editEntries"]>>[0]) => [
      ...all.map((each) => ({ ...each, zip64: true })),
      { path: "empty/", bytes: Buffer.alloc(0), mode: 0o040755, method: 0 },
    ];
    const { contents } = await world.learn(files, {
      zip64: true,
      stored: true,
      editEntries: folders,
    });
    expect(pathsOf(contents)).toContain('a,"b".py');
    expect(contents.entries.every(({ method }) => method === 0)).toBe(true);
  });

  test("small, in other threads, and in pieces: each is checked and found", async () => {
    const elf = makeElf({ versions: { "libc.so.6": ["GLIBC_2.17"] } });
    const files = {
      "small.so": elf,
      "big.so": Buffer.concat([elf, Buffer.alloc(300_000, "big")]),
      "huge.so": Buffer.concat([elf, Buffer.alloc(17 * 1024 * 1024, "huge")]),
      "huge.txt": Buffer.alloc(17 * 1024 * 1024, "text"),
      "huge-stored.txt": Buffer.alloc(17 * 1024 * 1024, "text"),
    };
    const stored: WheelOptions["editEntries"] = (all) =>
      all.map((each) => (each.path === "huge-stored.txt" ? { ...each, method: 0 } : each));
    const file = await world.put(makeWheel(files, { name: "a", editEntries: stored }));
    const contents = await learnWheel(file);
    expect(contents.elf.map(({ path, glibc }) => [path, glibc])).toEqual([
      ["small.so", "2.17"],
      ["big.so", "2.17"],
      ["huge.so", "2.17"],
    ]);
    expect((await unpacked(file, contents)).size).toBe(8);
  });

  test("digests that are better than sha256, or padded", async () => {
    const text = Buffer.from("x");
    const { contents } = await world.learn(
      { "a.py": text },
      {
        editRecord: (record) =>
          record
            .replace(
              /sha256=[^,]+/u,
              `sha512=${createHash("sha512").update(text).digest("base64url")}`,
            )
            .replace(/,(\d+)\n/gu, "=,$1\n"),
      },
    );
    expect(contents.entries).toHaveLength(4);
  });
});

describe("learned once", () => {
  test("from the store it is the same, and the wheel is not opened", async () => {
    const elf = makeElf({ needed: ["libc.so.6"] });
    const file = await world.put(
      makeWheel(
        { "a.so": elf, "a-1.0.data/scripts/x": "#!python\n", "b/ﬀ.py": "" },
        { name: "a", tag: "cp311-cp311-linux_x86_64", modes: { "a.so": 0o755 } },
      ),
    );
    const contents = await wheelContentsOf(world.store, file);
    await rm(file.path);
    expect(wheelContentsOf(world.store, file)).toBe(wheelContentsOf(world.store, { ...file }));
    const record = world.store.readRecord("wheel-contents-v1", file.sha256);
    expect(decodeContents(record, file.sha256)).toEqual(contents);
  });

  test("a record of another shape is none", () => {
    const columns = encodeContents({
      sha256: "",
      name: "a",
      version: "1",
      requires: [],
      elf: [],
      pathFiles: [],
      entries: [],
    });
    expect(decodeContents(columns, "")?.entries).toEqual([]);
    for (const record of [undefined, 3, "x", [], {}, { ...(columns as object), paths: "a//b" }]) {
      expect(decodeContents(record, "")).toBeUndefined();
    }
  });

  test("what failed once is tried again", async () => {
    const made = makeWheel({ "a.py": "again" }, { name: "a" });
    const file = await world.put(made);
    await rm(file.path);
    await expect(wheelContentsOf(world.store, file)).rejects.toMatchObject({ code: "FILE_READ" });
    await world.put(made);
    await expect(wheelContentsOf(world.store, file)).resolves.toMatchObject({ name: "a" });
  });
});
