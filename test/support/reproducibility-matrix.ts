/** One sha256 for the same inputs, whatever the machine does: docs/reproducible.md, row by row. */
import { cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { builtInClone, sha256sOf, type Original } from "./clones.ts";
import { newerNode } from "./newer-node.ts";

export interface Subject {
  /** Filled in before the tests run. */
  readonly original: () => Original;
  /** How many packages there are, each with other bytes. */
  readonly packages: number;
  /** Whose files are made again in another order. */
  readonly folders: readonly string[];
  /** A file, the packages that it is in, and those that it is not in. */
  readonly edited: {
    readonly file: string;
    readonly changes: readonly string[];
    readonly keeps: readonly string[];
  };
  /** Packages to build one by one. */
  readonly alone: readonly string[];
}

/** Declare the tests, for a subject's packages. */
export function reproducibilityMatrix(subject: Subject): void {
  const { original } = subject;

  test("the packages are there to be compared", () => {
    const { expected } = original();
    expect(expected.size).toBe(subject.packages);
    expect(new Set(expected.values()).size).toBe(subject.packages);
  });

  test("in folders with other names", async () => {
    const built = await builtInClone(original(), { name: "Zürich & Ко (копия)" });
    expect(built).toEqual(original().expected);
  });

  test("from an empty and from a warm cache", async () => {
    const { world, expected } = original();
    expect(await builtInClone(original())).toEqual(expected);
    expect(await builtInClone(original(), { cache: world.cache })).toEqual(expected);
  });

  test.each(["077", "000"])("under umask 077 and 000: %s", async (umask) => {
    expect(await builtInClone(original(), { umask })).toEqual(original().expected);
  });

  test.each(["Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu"])(
    "in three time zones: %s",
    async (TZ) => {
      expect(await builtInClone(original(), { env: { TZ } })).toEqual(original().expected);
    },
  );

  test.each(["C", "tr_TR.UTF-8"])("in the C and a Turkish locale: %s", async (locale) => {
    const env = { LC_ALL: locale, LANG: locale };
    expect(await builtInClone(original(), { env })).toEqual(original().expected);
  });

  test("mtimes do not count", async () => {
    expect(await builtInClone(original(), { prepare: touch })).toEqual(original().expected);
  });

  test("with folders in another order", async () => {
    const prepare = (folder: string): Promise<void> => reorder(folder, subject.folders);
    expect(await builtInClone(original(), { prepare })).toEqual(original().expected);
  });

  test("an edit that is undone", () => editAndRevert(subject));

  test("of all packages at once and of each alone", async () => {
    const built = await builtInClone(original(), { only: subject.alone });
    const { expected } = original();
    expect(built).toEqual(new Map(subject.alone.map((name) => [name, expected.get(name)])));
  });

  test("on Node 20 and a newer Node", async (context) => {
    const node = await newerNode();
    if (node === undefined) return context.skip("needs npm's node package (npm install node@22)");
    expect(await builtInClone(original(), { node })).toEqual(original().expected);
  });
}

async function touch(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true }))
    await utimes(join(folder, entry), 1, 1_900_000_000);
}

/** What is made last is often listed elsewhere; what is renamed too. */
async function reorder(folder: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    const old = join(folder, `${part}.old`);
    await rename(join(folder, part), old);
    await mkdir(join(folder, part));
    for (const name of (await readdir(old)).toSorted().toReversed())
      await cp(join(old, name), join(folder, part, name), { recursive: true });
    await rm(old, { recursive: true });
  }
}

async function editAndRevert({ original, edited }: Subject): Promise<void> {
  const { world, expected } = original();
  const file = join(world.folder, edited.file);
  const before = await readFile(file);
  await writeFile(file, "a = 2\n");
  const after = sha256sOf(await world.build());
  for (const name of edited.changes) expect(after.get(name)).not.toBe(expected.get(name));
  for (const name of edited.keeps) expect(after.get(name)).toBe(expected.get(name));
  await writeFile(file, before);
  expect(sha256sOf(await world.build())).toEqual(expected);
  // and not only because the zips from before are found again
  const prepare = (folder: string): Promise<void> =>
    writeFile(join(folder, edited.file), "a = 2\n");
  expect(await builtInClone(original(), { prepare })).toEqual(after);
}
