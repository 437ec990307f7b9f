import { rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hexOf, makeWheel, type MadeWheel } from "../../../test/support/make-wheel.ts";
import { wheelWorld, type WheelWorld } from "../../../test/support/wheel-world.ts";
import { learnWheel } from "./learn-wheel.ts";
import { wheelContentsOf } from "./wheel-contents.ts";

let world: WheelWorld;
beforeEach(async () => {
  world = await wheelWorld();
});
afterEach(() => world.remove());

const info = "a-1.0.dist-info";

describe("what is refused, by the name of the error", () => {
  const ok = { "a.py": "x = 1\n" };
  const mib = 1024 * 1024;
  const bad: readonly (readonly [name: string, message: RegExp, () => MadeWheel])[] = [
    [
      "ZIP_PATH--absolute",
      /zip entry "\/etc\/passwd" has an absolute path/u,
      () => makeWheel({ ...ok, "/etc/passwd": "" }, { name: "a" }),
    ],
    [
      "ZIP_PATH--dots",
      /zip entry "b\/\.\.\/\.\.\/c" has \.\. in its path/u,
      () => makeWheel({ ...ok, "b/../../c": "" }, { name: "a" }),
    ],
    [
      "ZIP_PATH--backslash",
      /zip entry "b\\\\c" has a backslash/u,
      () => makeWheel({ ...ok, "b\\c": "" }, { name: "a" }),
    ],
    [
      "ZIP_DUPLICATE_PATH--twice",
      /zip entry "a.py" is in the zip twice/u,
      () => makeWheel(ok, { name: "a", editEntries: (all) => [...all, ...all.slice(0, 1)] }),
    ],
    [
      "ZIP_DUPLICATE_PATH--moved-onto-another",
      /zip entry "a.py" is in the zip twice/u,
      () => makeWheel({ ...ok, "a-1.0.data/purelib/a.py": "y" }, { name: "a" }),
    ],
    [
      "ZIP_DUPLICATE_PATH--file-and-folder",
      /zip entry "b" is a file and also the folder of "b\/c"/u,
      () => makeWheel({ b: "", "a-1.0.data/platlib/b/c": "" }, { name: "a" }),
    ],
    [
      "ZIP_ENCRYPTED--one-entry",
      /zip entry "a.py" is encrypted/u,
      () => makeWheel(ok, { name: "a", editEntries: edit("a.py", { flags: 1 }) }),
    ],
    [
      "ZIP_METHOD--lzma",
      /zip entry "a.py" is compressed by method 14/u,
      () => makeWheel(ok, { name: "a", editEntries: edit("a.py", { method: 14 }) }),
    ],
    [
      "ZIP_CRC--another-checksum",
      /zip entry "a.py" does not match its checksum/u,
      () => makeWheel(ok, { name: "a", editEntries: edit("a.py", { crc32: 1 }) }),
    ],
    [
      "ZIP_SIZE--less-than-it-says",
      /zip entry "a.py" should have 5 bytes and has (?:6|more)/u,
      () => makeWheel(ok, { name: "a", editEntries: edit("a.py", { size: 5 }) }),
    ],
    [
      "ZIP_SIZE--big-and-more-than-it-says",
      /zip entry "big" should have 200001 bytes and has 200000/u,
      () =>
        makeWheel(
          { big: "x".repeat(200_000) },
          { name: "a", editEntries: edit("big", { size: 200_001 }) },
        ),
    ],
    [
      "ZIP_CRC--in-pieces",
      /zip entry "huge" does not match its checksum/u,
      () =>
        makeWheel(
          { huge: "x".repeat(17 * mib) },
          { name: "a", editEntries: edit("huge", { crc32: 1 }) },
        ),
    ],
    [
      "ZIP_SIZE--in-pieces",
      /zip entry "huge" should have 17825791 bytes and has more/u,
      () =>
        makeWheel(
          { huge: "x".repeat(17 * mib) },
          { name: "a", editEntries: edit("huge", { size: 17 * mib - 1 }) },
        ),
    ],
    [
      "ZIP_DATA--damaged",
      /zip entry "a.py" cannot be inflated/u,
      () =>
        makeWheel(ok, {
          name: "a",
          editEntries: edit("a.py", { method: 8, data: Buffer.from([0xff, 0xff, 0xff, 0xff]) }),
        }),
    ],
    [
      "ZIP_BOMB--ratio",
      /bytes would unzip to \d+; the biggest entry is "zeros"/u,
      () => makeWheel({ zeros: Buffer.alloc(80 * mib) }, { name: "a" }),
    ],
    [
      "ZIP_LOCAL_HEADER--two-names",
      /zip entry "a.py" has another name in its own header/u,
      () => makeWheel(ok, { name: "a", editEntries: edit("a.py", { localPath: "b.py" }) }),
    ],
    [
      "ZIP_TRUNCATED--cut-short",
      /the zip has no end record/u,
      () => makeWheel(ok, { name: "a", editBytes: (bytes) => bytes.subarray(0, 300) }),
    ],
    [
      "WHEEL_FORMAT--symbolic-link",
      /"a.py" is a symbolic link/u,
      () => makeWheel(ok, { name: "a", editEntries: edit("a.py", { mode: 0o120777 }) }),
    ],
    [
      "WHEEL_FORMAT--no-dist-info",
      /it has no \.dist-info folder/u,
      () => makeWheel(ok, { name: "a", editEntries: (all) => all.slice(0, 1) }),
    ],
    [
      "WHEEL_FORMAT--two-dist-infos",
      /it has two \.dist-info folders, b-1\.dist-info and a-1\.0\.dist-info/u,
      () => makeWheel({ "b-1.dist-info/METADATA": "" }, { name: "a" }),
    ],
    ...["WHEEL", "METADATA", "RECORD"].map(
      (name) =>
        [
          `WHEEL_FORMAT--no-${name}`,
          new RegExp(`it has no a-1\\.0\\.dist-info/${name}$`, "u"),
          () =>
            makeWheel(ok, {
              name: "a",
              editEntries: (all) => all.filter(({ path }) => path !== `${info}/${name}`),
            }),
        ] as const,
    ),
    [
      "WHEEL_FORMAT--version-2",
      /its Wheel-Version is "2\.0", and only 1 is known/u,
      () => makeWheel(ok, { name: "a", distInfo: { WHEEL: "Wheel-Version: 2.0\n" } }),
    ],
    [
      "WHEEL_FORMAT--no-version",
      /its WHEEL names no Wheel-Version/u,
      () => makeWheel(ok, { name: "a", distInfo: { WHEEL: "\n" } }),
    ],
    [
      "WHEEL_FORMAT--another-distribution",
      /its METADATA is that of "b"/u,
      () => makeWheel(ok, { name: "a", distInfo: { METADATA: "Name: b\nVersion: 1\n" } }),
    ],
    [
      "WHEEL_FORMAT--no-name",
      /its METADATA has no Name/u,
      () => makeWheel(ok, { name: "a", distInfo: { METADATA: "\nName: a\n" } }),
    ],
    [
      "WHEEL_FORMAT--unknown-scheme",
      /"a-1\.0\.data\/stdlib\/b" is in none of the folders/u,
      () => makeWheel({ "a-1.0.data/stdlib/b": "" }, { name: "a" }),
    ],
    [
      "WHEEL_FORMAT--no-scheme",
      /"a-1\.0\.data\/b" is in none of the folders/u,
      () => makeWheel({ "a-1.0.data/b": "" }, { name: "a" }),
    ],
    [
      "WHEEL_FORMAT--script-that-leaves",
      /"\.\.\/x" is no file's name/u,
      () => makeWheel(ok, { name: "a", entryPoints: "[console_scripts]\n../x = a:b\n" }),
    ],
    [
      "WHEEL_FORMAT--script-with-code",
      /it leads to no function of a module/u,
      () => makeWheel(ok, { name: "a", entryPoints: "[gui_scripts]\nx = a;print(1):b\n" }),
    ],
    [
      "WHEEL_RECORD--not-listed",
      /"a\.py" is not in its RECORD/u,
      () => makeWheel(ok, { name: "a", editRecord: (record) => record.replace(/^a\.py.*\n/u, "") }),
    ],
    [
      "WHEEL_RECORD--another-digest",
      /"a\.py" does not match its digest in RECORD/u,
      () => makeWheel(ok, { name: "a", editRecord: (text) => text.replace(/=[^,]+/u, "=AAAA") }),
    ],
    [
      "WHEEL_RECORD--another-size",
      /"a\.py" has 6 bytes and, by its RECORD, 7/u,
      () => makeWheel(ok, { name: "a", editRecord: (text) => text.replace(",6\n", ",7\n") }),
    ],
    [
      "WHEEL_RECORD--md5",
      /"a\.py" has a digest by "md5" in its RECORD/u,
      () => makeWheel(ok, { name: "a", editRecord: (text) => text.replace("sha256=", "md5=") }),
    ],
    [
      "WHEEL_RECORD--no-digest",
      /"a\.py" has no digest in its RECORD/u,
      () => makeWheel(ok, { name: "a", editRecord: (text) => text.replace(/sha256=[^,]+/u, "") }),
    ],
  ];
  for (const [name, message, make] of bad) {
    test(name, async () => {
      const file = await world.put(make());
      await expect(wheelContentsOf(world.store, file)).rejects.toMatchObject({
        code: name.split("--")[0],
        message: expect.stringMatching(
          new RegExp(`^wheel a-1\\.0-py3-none-any\\.whl: .*${message.source}`, "u"),
        ),
        hint: expect.any(String),
      });
      expect(world.store.readRecord("wheel-contents-v1", file.sha256)).toBeUndefined();
    });
  }

  test("WHEEL_DAMAGED--another-hash", async () => {
    const file = await world.put(makeWheel(ok, { name: "a" }));
    const changed = { ...file, sha256: hexOf(Buffer.from("another")) };
    await expect(wheelContentsOf(world.store, changed)).rejects.toMatchObject({
      code: "WHEEL_DAMAGED",
    });
  });

  test("WHEEL_NAME and FILE_READ", async () => {
    const file = await world.put(makeWheel(ok, { name: "a" }));
    await expect(wheelContentsOf(world.store, { ...file, name: "a.whl" })).rejects.toMatchObject({
      code: "WHEEL_NAME",
    });
    await rm(file.path);
    await expect(wheelContentsOf(world.store, file)).rejects.toMatchObject({
      code: "FILE_READ",
      message: `wheel ${file.name}: cannot read ${file.path}: no such file or folder`,
    });
  });
});

/** Change one entry. */
function edit(path: string, change: object) {
  return <Entry extends { readonly path: string }>(all: Entry[]): Entry[] =>
    all.map((each) => (each.path === path ? { ...each, ...change } : each));
}

test("any single flipped byte is refused", async () => {
  const good = makeWheel({ "a.py": "x = 1\n", "b/c.py": "y\n".repeat(99) }, { name: "a" });
  const file = await world.put(good);
  for (let at = 0; at < good.bytes.length; at += 7) {
    const bytes = Buffer.from(good.bytes);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    await writeFile(file.path, bytes);
    await expect(learnWheel(file)).rejects.toMatchObject({ code: "WHEEL_DAMAGED" });
  }
});
