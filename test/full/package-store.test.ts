/** A cache that is damaged, read-only, elsewhere, or shared: the zip is right, or the error is clear. */
import { spawnSync } from "node:child_process";
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { command } from "../support/cli.ts";
import { sha256File } from "../../src/host/files.ts";
import { missingFor, nobody } from "../support/other-world.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import type { Built, PackageWorld } from "../support/package-world.ts";
import { bigWheel, startBuild, thoroughFiles, thoroughWorld } from "../support/thorough-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let index: PackageIndex;
let uv: Awaited<ReturnType<typeof uvForTests>>;
/** Built, and kept as it is: tests use copies. */
let built: PackageWorld;
/** The sha256 as built, and after an edit. */
const want = { first: "", edited: "" };
const edit = { "app.py": "import svc, big, only  # edited\n" };

beforeAll(async () => {
  uv = await uvForTests();
  index = await startPackageIndex(thoroughFiles);
  if (uv === undefined) return;
  built = await thoroughWorld({ index, uv });
  want.first = sha256Of(await built.build());
  const other = await copyOf();
  await other.write(edit);
  want.edited = sha256Of(await other.build());
  await other.remove();
});
afterAll(async () => {
  await index.stop();
  await built?.remove();
});
beforeEach((context) => {
  if (uv === undefined) context.skip("needs uv");
});

/** The project with its lock; with `withCache` what was built too. */
async function copyOf(
  options: { readonly withCache?: boolean; readonly cache?: string } = {},
): Promise<PackageWorld> {
  const { withCache = true, ...given } = options;
  const world = await thoroughWorld({ index, uv: uv!, ...given });
  await cp(built.folder, world.folder, { recursive: true });
  if (withCache) await cp(built.cache, world.cache, { recursive: true, preserveTimestamps: true });
  return world;
}

function sha256Of(packages: ReadonlyMap<string, Built>): string {
  return packages.get("api")?.sha256 ?? "none";
}

describe("damaged", () => {
  const damages: Readonly<Record<string, (path: string, bytes: Buffer) => Promise<void>>> = {
    "a flipped byte": async (path, bytes) => {
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      await writeFile(path, bytes);
    },
    "half of it": (path, bytes) => truncate(path, bytes.length >> 1),
    nothing: (path) => truncate(path, 0),
  };

  async function damage(world: PackageWorld, bucket: string, how: string): Promise<void> {
    const folder = join(world.cache, bucket);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      await damages[how]?.(path, await readFile(path));
    }
  }

  const kinds = Object.keys(damages);

  test.each(kinds)(
    "every file of each bucket in turn, left with %s: the zip after an edit is right",
    async (how) => {
      const buckets = (await readdir(built.cache)).filter(
        (name) => /-v\d+$/u.test(name) && name !== "locks-v1",
      );
      expect(buckets.length).toBeGreaterThan(7);
      for (const [bucket, alone] of buckets.flatMap(
        (name) =>
          [
            [name, true],
            [name, false],
          ] as const,
      )) {
        const world = await copyOf();
        try {
          await damage(world, bucket, how);
          // without the zip from before, wheels are read again
          if (!alone) await rm(join(world.cache, "zips-v1"), { recursive: true });
          await world.write(edit);
          const ran = await world.run("build", "--json");
          expect({
            bucket,
            exitCode: ran.exitCode,
            stderr: ran.exitCode === 0 ? "" : ran.stderr,
          }).toEqual({ bucket, exitCode: 0, stderr: "" });
          expect((JSON.parse(ran.stdout) as Built).sha256).toBe(want.edited);
        } finally {
          await world.remove();
        }
      }
    },
  );

  test.each(kinds)("everything at once, left with %s", async (how) => {
    const world = await copyOf();
    try {
      await damage(world, ".", how);
      await world.write(edit);
      expect(sha256Of(await world.build())).toBe(want.edited);
    } finally {
      await world.remove();
    }
  });

  test.each(["half of it", "nothing"])(
    "the zip itself, left with %s: it is built again",
    async (how) => {
      const world = await copyOf();
      try {
        await damage(world, "zips-v1", how);
        expect(sha256Of(await world.build())).toBe(want.first);
        await world.build("--out", "out");
        expect(await sha256File(join(world.folder, "out", "api.zip"))).toBe(want.first);
      } finally {
        await world.remove();
      }
    },
  );

  test("the zip itself, left with a flipped byte: it is not handed out, and cache verify mends it", async () => {
    const world = await copyOf();
    try {
      await damage(world, "zips-v1", "a flipped byte");
      const ran = await world.run("build", "--out", "out");
      expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
      expect(ran.stderr).toContain("is no longer what was built: its bytes differ");
      expect(await readdir(join(world.folder, "out"))).toEqual([]);
      await world.run("cache", "verify");
      await world.build("--out", "out");
      expect(await sha256File(join(world.folder, "out", "api.zip"))).toBe(want.first);
    } finally {
      await world.remove();
    }
  });
});

describe("not writable", () => {
  const build = [process.execPath, command, "build", "--locked"];

  beforeEach(async (context) => {
    const missing = await missingFor("setpriv");
    if (missing !== undefined) context.skip(missing);
  });

  function allow(...words: readonly string[]): void {
    expect(spawnSync(words[0] ?? "", words.slice(1)).status).toBe(0);
  }

  test("a cache that can only be read: nothing to build is found, and an edit is an error that names it", async () => {
    const world = await copyOf();
    try {
      allow("chmod", "755", dirname(world.folder));
      allow("chmod", "-R", "a+rX", world.cache, world.folder);
      const unchanged = await world.spawn([...nobody, ...build]);
      expect(unchanged).toMatchObject({ status: 0, stdout: expect.stringContaining(want.first) });
      await world.write(edit);
      const edited = await world.spawn([...nobody, ...build]);
      expect(edited.status).toBe(1);
      expect(edited.stderr).toContain(
        `cannot write to the store ${world.cache}: permission denied`,
      );
      expect(edited.stderr).toContain("TOUCHDOWN_CACHE_DIR");
      expect(sha256Of(await world.build())).toBe(want.edited);
    } finally {
      await world.remove();
    }
  });

  test("a project that can only be read, with its lock current: it is built", async () => {
    const world = await copyOf({ withCache: false });
    try {
      allow("chmod", "755", dirname(world.folder));
      allow("chmod", "-R", "a+rX,a-w", world.folder);
      const home = await mkdtemp(join(dirname(world.folder), "home-"));
      await mkdir(world.cache);
      allow("chown", "-R", "65534:65534", world.cache, home, dirname(world.folder));
      allow("chown", "-R", "0:0", world.folder);
      allow("chmod", "-R", "a+rX", dirname(uv!.program));
      const readable = spawnSync(nobody[0], [...nobody.slice(1), uv!.program, "--version"]);
      const words = readable.status === 0 ? nobody : [];
      const ran = await world.spawn(["env", `HOME=${home}`, ...words, ...build]);
      expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining(want.first) });
    } finally {
      allow("chmod", "-R", "u+w", world.folder);
      await world.remove();
    }
  });
});

test("on another file system than the project", async (context) => {
  const cache = await mkdtemp("/dev/shm/touchdown-cache-").catch(() => undefined);
  if (cache === undefined) return context.skip("needs /dev/shm");
  const world = await copyOf({ withCache: false, cache });
  try {
    if ((await stat(cache)).dev === (await stat(world.folder)).dev)
      context.skip("needs /dev/shm on another file system");
    expect(sha256Of(await world.build("--out", "out"))).toBe(want.first);
  } finally {
    await rm(cache, { recursive: true });
    await world.remove();
  }
});

test("shared by builds of two projects and of the same one, all at once: each file is fetched once", async () => {
  const one = await copyOf({ withCache: false });
  const two = await copyOf({ withCache: false, cache: one.cache });
  try {
    const before = thoroughFiles.map(({ name }) => index.downloads(name));
    index.trouble(bigWheel.name, { kind: "slow", bytesPerSecond: 700_000, times: 1 });
    const runs = await Promise.all([one, two, one].map((world) => startBuild(world).ended));
    for (const { exitCode, stderr } of runs)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
    expect(thoroughFiles.map(({ name }, at) => index.downloads(name) - (before[at] ?? 0))).toEqual([
      1, 1, 1,
    ]);
    for (const world of [one, two]) expect(sha256Of(await world.build())).toBe(want.first);
    await Promise.all([one.write(edit), two.write(edit)]);
    const edited = await Promise.all([one, two, one, two].map((world) => startBuild(world).ended));
    for (const { exitCode, stderr } of edited)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
    for (const world of [one, two]) expect(sha256Of(await world.build())).toBe(want.edited);
    const left = (await readdir(one.cache, { recursive: true })).filter((name) =>
      name.endsWith(".tmp"),
    );
    expect(left).toEqual([]);
  } finally {
    await two.remove();
    await one.remove();
  }
});
