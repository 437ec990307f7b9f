import { readdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { cacheFolder, cachePath, stateFolder, statePath, temporaryFolder } from "./dirs.ts";
import { freePort } from "./free-port.ts";

afterEach(() => vi.unstubAllEnvs());

test("the cache and state folders are where each system keeps such things", () => {
  const linux = { environment: {}, platform: "linux", home: "/home/me" } as const;
  expect(cachePath(linux)).toBe("/home/me/.cache/touchdown");
  expect(statePath(linux)).toBe("/home/me/.local/state/touchdown");
  const mac = { environment: {}, platform: "darwin", home: "/Users/me" } as const;
  expect(cachePath(mac)).toBe("/Users/me/Library/Caches/touchdown");
  expect(statePath(mac)).toBe("/Users/me/Library/Application Support/touchdown");
  const environment = { XDG_CACHE_HOME: "/big/cache", XDG_STATE_HOME: "/big/state" };
  expect(cachePath({ ...linux, environment })).toBe("/big/cache/touchdown");
  expect(statePath({ ...linux, environment })).toBe("/big/state/touchdown");
  expect(cachePath({ ...linux, environment: { XDG_CACHE_HOME: "relative" } })).toBe(
    "/home/me/.cache/touchdown",
  );
  const own = { ...environment, TOUCHDOWN_CACHE_DIR: "/mine", TOUCHDOWN_STATE_DIR: "/mine/state" };
  expect(cachePath({ ...mac, environment: own })).toBe("/mine");
  expect(statePath({ ...mac, environment: own })).toBe("/mine/state");
});

test("the cache and state folders are made, for their user alone", async () => {
  await temporaryFolder("touchdown-dirs", async (folder) => {
    vi.stubEnv("TOUCHDOWN_CACHE_DIR", join(folder, "a", "cache"));
    vi.stubEnv("TOUCHDOWN_STATE_DIR", join(folder, "b", "state"));
    for (const made of [await cacheFolder(), await stateFolder(), await cacheFolder()]) {
      expect((await stat(made)).mode & 0o777).toBe(0o700);
    }
  });
});

test("a cache folder that cannot be made says which variable names another", async () => {
  await temporaryFolder("touchdown-dirs", async (folder) => {
    await writeFile(join(folder, "file"), "");
    vi.stubEnv("TOUCHDOWN_CACHE_DIR", join(folder, "file", "cache"));
    await expect(cacheFolder()).rejects.toMatchObject({
      code: "FOLDER_WRITE",
      message: `cannot make the folder ${folder}/file/cache: not a directory`,
      hint: "set TOUCHDOWN_CACHE_DIR to a folder you can write to",
    });
  });
});

test("a temporary folder is private, empty, and gone after, also when its user failed", async () => {
  let path = "";
  const use = async (folder: string): Promise<void> => {
    path = folder;
    expect(await readdir(folder)).toEqual([]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await writeFile(join(folder, "file"), "");
    throw new Error("failed");
  };
  await expect(temporaryFolder("touchdown-dirs", use)).rejects.toThrow("failed");
  await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a free port can be listened on", async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  expect(server.address()).toMatchObject({ port, address: "127.0.0.1" });
  await new Promise((resolve) => server.close(resolve));
});
