import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FileHashes } from "./file-hashes.ts";
import { Store } from "./store.ts";

let folder: string;
let store: Store;
let project: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-hashes-"));
  project = join(folder, "project");
  await mkdir(project);
  store = new Store(join(folder, "store"));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const put = (name: string, text: string): Promise<void> => writeFile(join(project, name), text);

/** Long enough after what was just written that it could not change again unseen. */
const later = (): void =>
  void vi.useFakeTimers({ toFake: ["Date"], now: new Date(Date.now() + 10_000) });

/** What the table on disk says of a file, however long ago the file changed. */
function remembered(name: string): boolean {
  const table = JSON.stringify(store.readRecord("file-hashes-v1", sha256(project)) ?? "");
  return table.includes(name);
}

test("a file's hash, size and mode; nothing for what is not there", async () => {
  await put("a.py", "1");
  await put("empty", "");
  await symlink("a.py", join(project, "link.py"));
  const hashes = new FileHashes(store, project);
  expect(hashes.facts("a.py")).toEqual({ sha256: sha256("1"), size: 1, mode: 0o644 });
  expect(hashes.facts("link.py")).toEqual(hashes.facts("a.py"));
  expect(hashes.facts("empty")).toMatchObject({ sha256: sha256(""), size: 0 });
  expect(hashes.hashOf(join(project, "a.py"))).toBe(sha256("1"));
  expect(hashes.facts("gone.py")).toBeUndefined();
  expect(() => hashes.hashOf("gone.py")).toThrow("cannot read gone.py: no such file or folder");
  expect(hashes.facts("a.py/below")).toBeUndefined();
  expect(() => hashes.facts(".")).toThrow(`cannot read ${project}`);
  const big = "x".repeat(3_000_001);
  await put("big", big);
  expect(hashes.facts("big")).toMatchObject({ sha256: sha256(big), size: 3_000_001 });
});

test("what is remembered is not read again, and what changed is", async () => {
  await put("a.py", "1");
  await put("b.py", "22");
  later();
  const first = new FileHashes(store, project);
  for (const name of ["a.py", "b.py"]) first.facts(name);
  first.save();
  expect(remembered("a.py")).toBe(true);
  // the table, not the file, is believed: what it says is given back
  const table = store.readRecord("file-hashes-v1", sha256(project)) as string;
  store.writeRecord(
    "file-hashes-v1",
    sha256(project),
    table.replace(sha256("1"), "from the table"),
  );
  const second = new FileHashes(store, project);
  expect(second.facts("a.py")?.sha256).toBe("from the table");
  await put("b.py", "33");
  expect(second.facts("b.py")?.sha256).toBe(sha256("33"));
  await put("a.py", "2");
  expect(second.facts("a.py")?.sha256).toBe(sha256("2"));
});

test("a change to the same size with the time set back is seen", async () => {
  await put("a.py", "1");
  const { atime, mtime } = await stat(join(project, "a.py"));
  later();
  const first = new FileHashes(store, project);
  first.facts("a.py");
  first.save();
  expect(remembered("a.py")).toBe(true);
  await put("a.py", "2");
  await utimes(join(project, "a.py"), atime, mtime);
  expect(new FileHashes(store, project).facts("a.py")?.sha256).toBe(sha256("2"));
  await put("other", "3");
  await rename(join(project, "other"), join(project, "a.py"));
  await utimes(join(project, "a.py"), atime, mtime);
  expect(new FileHashes(store, project).facts("a.py")?.sha256).toBe(sha256("3"));
});

test("what has just been changed is not remembered, or forgotten where it was", async () => {
  await put("a.py", "1");
  const first = new FileHashes(store, project);
  first.facts("a.py");
  first.save();
  expect(remembered("a.py")).toBe(false);
  later();
  const second = new FileHashes(store, project);
  second.facts("a.py");
  second.save();
  expect(remembered("a.py")).toBe(true);
  vi.useRealTimers();
  await put("a.py", "2");
  const third = new FileHashes(store, project);
  third.facts("a.py");
  third.save();
  expect(remembered("a.py")).toBe(false);
});

test("the table keeps what others asked for, and drops what is gone", async () => {
  for (const name of ["a.py", "b.py", "c.py", "odd\nname.py"]) await put(name, name);
  later();
  const first = new FileHashes(store, project);
  for (const name of ["a.py", "b.py", "odd\nname.py"]) first.facts(name);
  first.save();
  await rm(join(project, "b.py"));
  const second = new FileHashes(store, project);
  second.facts("c.py");
  second.save();
  expect(["a.py", "b.py", "c.py", "odd"].map(remembered)).toEqual([true, false, true, false]);
  expect(new FileHashes(store, project).facts("odd\nname.py")?.sha256).toBe(sha256("odd\nname.py"));
});

test("nothing is written when nothing was learned; a damaged table is as good as none", async () => {
  await put("a.py", "1");
  later();
  const first = new FileHashes(store, project);
  first.facts("a.py");
  first.save();
  const path = store.path("file-hashes-v1", sha256(project));
  const written = (await stat(path)).ino;
  const second = new FileHashes(store, project);
  second.facts("a.py");
  second.save();
  expect((await stat(path)).ino).toBe(written);
  for (const damage of ["", "nonsense"]) {
    await writeFile(path, damage);
    expect(new FileHashes(store, project).facts("a.py")?.sha256).toBe(sha256("1"));
  }
  store.writeRecord("file-hashes-v1", sha256(project), { not: "a table" });
  expect(new FileHashes(store, project).facts("a.py")?.sha256).toBe(sha256("1"));
});
