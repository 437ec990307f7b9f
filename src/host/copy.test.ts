import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyIfDifferent } from "./copy.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-copy-"));
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = createHash("sha256").update("right").digest("hex");

test("a file is copied, and one that is the same stays", async () => {
  const [from, to] = [join(folder, "a"), join(folder, "b")];
  await writeFile(from, "right");
  await copyIfDifferent(from, to, { sha256 });
  expect(await readFile(to, "utf8")).toBe("right");
  const before = await stat(to);
  await copyIfDifferent(from, to, { sha256 });
  expect((await stat(to)).ino).toBe(before.ino);
});

test("one that is no longer what it was is not handed out, and what was there stays", async () => {
  const [from, to] = [join(folder, "a"), join(folder, "b")];
  await writeFile(from, "wrong");
  await writeFile(to, "before");
  await expect(copyIfDifferent(from, to, { sha256 })).rejects.toMatchObject({
    code: "ARTIFACT_CHANGED",
    message: `${from} is no longer what was built: its bytes differ`,
  });
  expect(await readFile(to, "utf8")).toBe("before");
  expect(await readdir(folder)).toEqual(["a", "b"]);
});
