import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readIfExists, removeIfExists, sha256File, statIfExists, writeAtomic } from "./files.ts";
import { run } from "./run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;

test("a file is written whole, as text or bytes, and nothing is left beside it", async () => {
  const path = join(folder, "settings.json");
  await writeAtomic(path, "naïve");
  expect(await readFile(path, "utf8")).toBe("naïve");
  await writeAtomic(path, new Uint8Array([0, 255]));
  expect([...(await readFile(path))]).toEqual([0, 255]);
  expect(await readdir(folder)).toEqual(["settings.json"]);
});

test("a mode that is given is set exactly, one that is not stays as it was", async () => {
  const path = join(folder, "run.sh");
  const umask = process.umask(0o077);
  try {
    await writeAtomic(path, "1", { mode: 0o755 });
    expect(await modeOf(path)).toBe(0o755);
    await writeAtomic(path, "2");
    expect(await modeOf(path)).toBe(0o755);
    await writeAtomic(join(folder, "private"), "3");
    expect(await modeOf(join(folder, "private"))).toBe(0o600);
  } finally {
    process.umask(umask);
  }
});

test("through a link its target is written, there or not, and the link stays", async () => {
  await mkdir(join(folder, "real"));
  await symlink("real", join(folder, "way"));
  await symlink("../way/target", join(folder, "real", "link"));
  await symlink("way/link", join(folder, "link"));
  for (const text of ["first", "second"]) {
    await writeAtomic(join(folder, "link"), text);
    expect(await readFile(join(folder, "real", "target"), "utf8")).toBe(text);
  }
  expect((await lstat(join(folder, "link"))).isSymbolicLink()).toBe(true);
  expect((await lstat(join(folder, "real", "link"))).isSymbolicLink()).toBe(true);
});

test("links that lead in a circle, a folder in the way and a missing folder are refused", async () => {
  await symlink("b", join(folder, "a"));
  await symlink("a", join(folder, "b"));
  await expect(writeAtomic(join(folder, "a"), "")).rejects.toMatchObject({
    code: "FILE_WRITE",
    message: `cannot write ${folder}/a: too many symbolic links encountered`,
  });
  await mkdir(join(folder, "dir"));
  await expect(writeAtomic(join(folder, "dir"), "")).rejects.toMatchObject({ code: "FILE_WRITE" });
  await expect(writeAtomic(join(folder, "no", "file"), "")).rejects.toMatchObject({
    message: `cannot write ${folder}/no/file: no such file or folder`,
  });
  expect(await readdir(folder)).toEqual(["a", "b", "dir"]);
});

const canMount = process.platform === "linux" && process.getuid?.() === 0 && (await mountable());

async function mountable(): Promise<boolean> {
  return (await run(["unshare", "--mount", "true"]).catch(() => undefined))?.exitCode === 0;
}

test.skipIf(!canMount)(
  "on a full disk the old file stays and no temporary one (needs unshare --mount)",
  async () => {
    const script = `
    import { writeAtomic } from ${JSON.stringify(join(import.meta.dirname, "files.ts"))};
    await writeAtomic("full/file", "old");
    await writeAtomic("full/file", new Uint8Array(4_000_000)).catch((error) => console.log(error.code, error.message));`;
    await writeFile(join(folder, "fill.ts"), script);
    await mkdir(join(folder, "full"));
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const shell = `mount -t tmpfs -o size=1m none full && "$0" "$1" fill.ts && ls -A full && cat full/file`;
    const result = await run(["unshare", "--mount", "sh", "-c", shell, process.execPath, jiti], {
      cwd: folder,
    });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toBe(
      "FILE_WRITE cannot write full/file: no space left on device\nfile\nold",
    );
  },
);

test.skipIf(process.getuid?.() !== 0)("root keeps a file its owner's (needs root)", async () => {
  const path = join(folder, "theirs");
  await writeFile(path, "1");
  await run(["chown", "65534:65534", path]);
  await writeAtomic(path, "2");
  expect(await stat(path)).toMatchObject({ uid: 65_534, gid: 65_534 });
});

test("what is not there is undefined, also below a file", async () => {
  await writeFile(join(folder, "file"), "abc");
  for (const path of [join(folder, "gone"), join(folder, "file", "below")]) {
    expect(await readIfExists(path)).toBeUndefined();
    expect(await statIfExists(path)).toBeUndefined();
    expect(await sha256File(path)).toBeUndefined();
    expect(await removeIfExists(path)).toBe(false);
  }
  expect((await readIfExists(join(folder, "file")))?.toString()).toBe("abc");
  expect((await statIfExists(join(folder, "file")))?.size).toBe(3);
  expect(await sha256File(join(folder, "file"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  expect(await removeIfExists(join(folder, "file"))).toBe(true);
});

test("what is there but cannot be read is an error, never absent", async () => {
  await expect(readIfExists(folder)).rejects.toMatchObject({ code: "FILE_READ" });
  await expect(sha256File(folder)).rejects.toMatchObject({ code: "FILE_READ" });
});
