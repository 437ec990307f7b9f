/** `touchdown build` that is killed, interrupted, or has no room, at every stage: the next one is right. */
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prune } from "../../src/store/prune.ts";
import { Store } from "../../src/store/store.ts";
import { command } from "../support/cli.ts";
import { missingFor } from "../support/other-world.ts";
import { startPackageIndex } from "../support/package-index.ts";
import type { PackageIndex } from "../support/package-index.ts";
import type { Built, PackageWorld } from "../support/package-world.ts";
import { bigWheel, startBuild, thoroughFiles, thoroughWorld } from "../support/thorough-world.ts";
import type { Running, ThoroughOptions } from "../support/thorough-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let index: PackageIndex;
let uv: Awaited<ReturnType<typeof uvForTests>>;
/** Of a build that nobody disturbed, and how long it took. */
let want: string;
let undisturbedMs: number;

beforeAll(async () => {
  uv = await uvForTests();
  index = await startPackageIndex(thoroughFiles);
  index.trouble(bigWheel.name, { kind: "slow", bytesPerSecond: 700_000 });
  if (uv === undefined) return;
  await inWorld(async (world) => {
    const begin = performance.now();
    want = sha256Of(await world.build());
    undisturbedMs = performance.now() - begin;
  });
});
afterAll(() => index.stop());
beforeEach((context) => {
  if (uv === undefined) context.skip("needs uv");
});

async function inWorld(
  use: (world: PackageWorld) => Promise<void>,
  options: Partial<ThoroughOptions> = {},
): Promise<void> {
  const world = await thoroughWorld({ index, uv: uv!, ...options });
  try {
    await use(world);
  } finally {
    await world.remove();
  }
}

function sha256Of(built: ReadonlyMap<string, Built>): string {
  return built.get("api")?.sha256 ?? "none";
}

async function leftovers(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((name) => name.endsWith(".tmp"));
}

/** The stages, by what can be seen of them from outside. */
const stages: Readonly<Record<string, (world: PackageWorld) => Promise<boolean>>> = {
  "uv resolves": async () => index.requests().some(({ path }) => path.startsWith("/simple/big")),
  "the lock was just written": async ({ folder }) =>
    (await readdir(join(folder, "svc"))).some((name) => name.includes("pylock")),
  "a wheel is half there": async ({ cache }) => hasFile(join(cache, "wheels-v1"), /\.tmp$/u),
  "a backend runs": async ({ cache }) => hasFile(join(cache, "locks-v1"), /^built-wheels/u),
  "the zip is being written": async ({ cache }) => hasFile(join(cache, "zips-v1"), /\//u),
};

async function hasFile(folder: string, pattern: RegExp): Promise<boolean> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.some((name) => pattern.test(name));
}

/** Whether the stage was reached before the end. */
async function reached(stage: string, world: PackageWorld, { child }: Running): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await stages[stage]?.(world)) return true;
    await sleep(2);
  }
  return false;
}

describe("killed with -9", () => {
  test.each(Object.keys(stages))("while %s: the next build is right", async (stage) => {
    await inWorld(async (world) => {
      (index.requests() as unknown[]).length = 0;
      const running = startBuild(world);
      const inTime = await reached(stage, world, running);
      running.child.kill("SIGKILL");
      await running.ended;
      expect(inTime || stage === "the zip is being written").toBe(true);
      expect(sha256Of(await world.build())).toBe(want);
      expect(sha256Of(await world.build())).toBe(want);
    });
  });

  test("at sixteen moments, one build after the other in one cache; what they leave is cleared away", async () => {
    await inWorld(async (world) => {
      let state = 20_260_731;
      for (let round = 0; round < 16; round += 1) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        const running = startBuild(world);
        await sleep(50 + (state / 2 ** 32) * undisturbedMs);
        running.child.kill("SIGKILL");
        await running.ended;
      }
      expect(sha256Of(await world.build())).toBe(want);
      await agesTwoDays(world.cache);
      await prune(new Store(world.cache), {});
      expect(await leftovers(world.cache)).toEqual([]);
      expect(await hasFile(join(world.cache, "locks-v1"), /./u)).toBe(false);
      expect(await world.build()).toMatchObject(new Map([["api", { built: false, sha256: want }]]));
    });
  });
});

async function agesTwoDays(folder: string): Promise<void> {
  const then = Date.now() / 1000 - 2 * 24 * 60 * 60;
  for (const name of await readdir(folder, { recursive: true }))
    await utimes(join(folder, name), then, then);
}

describe("interrupted with Ctrl-C", () => {
  test.each(["uv resolves", "a wheel is half there", "a backend runs"])(
    "while %s: exit code 130, nothing half is left, and the next build goes on",
    async (stage) => {
      await inWorld(async (world) => {
        (index.requests() as unknown[]).length = 0;
        const running = startBuild(world);
        expect(await reached(stage, world, running)).toBe(true);
        // a terminal sends it to the whole group
        process.kill(-(running.child.pid ?? Number.NaN), "SIGINT");
        const { exitCode, stderr } = await running.ended;
        expect(stderr).toContain("stopping");
        expect(exitCode).toBe(130);
        expect(await leftovers(world.cache)).toEqual([]);
        expect(sha256Of(await world.build())).toBe(want);
      });
    },
  );
});

describe("a full disk", () => {
  beforeEach(async (context) => {
    const missing = await missingFor("mount");
    if (missing !== undefined) context.skip(missing);
  });

  /** Build with `folder` a file system of so many bytes, then again with room. */
  async function onDisk(world: PackageWorld, folder: string, bytes: number) {
    const script = `set -e; mkdir -p "$1"; mount -t tmpfs -o size=$2 none "$1"; shift 2
      code=0; "$@" >first.out 2>first.err || code=$?
      echo $code; cat first.err; echo ---
      mount -o remount,size=64m none "$DISK"; exec "$@" --json`;
    const build = [process.execPath, command, "build"];
    const { stdout, stderr, status } = await world.spawn(
      ["env", `DISK=${folder}`, "unshare", "--mount", "sh", "-c", script, "sh"].concat(
        [folder, String(bytes)],
        build,
      ),
    );
    const [first = "", second = ""] = stdout.split("---\n");
    const [code, ...said] = first.split("\n");
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return { code: Number(code), said: said.join("\n"), sha256: sha256In(second) };
  }

  test.each([8_192, 200_000, 720_000, 750_000, 800_000, 1_000_000, 1_500_000])(
    "of %i bytes for the cache: an error that names it, and the next run is whole",
    async (bytes) => {
      await inWorld(async (world) => {
        const { code, said, sha256 } = await onDisk(world, world.cache, bytes);
        // the wheel alone has more than 700,000
        const fits = code === 0 && bytes > 700_000;
        const [reason, place] = fits ? ["", ""] : ["no space left on device", world.cache];
        expect(code).toBe(fits ? 0 : 1);
        expect(said).toContain(reason);
        expect(said).toContain(place);
        expect(sha256).toBe(want);
      });
    },
  );

  test.each([4_096, 40_000])(
    "of %i bytes for temporary files: an error that says so, and the next run is whole",
    async (bytes) => {
      await inWorld(async (world) => {
        const folder = join(world.folder, "..", "small");
        const small = { ...world, spawn: withTmp(world, folder) };
        const { code, said, sha256 } = await onDisk(small, folder, bytes);
        expect([0, 1]).toContain(code);
        expect(said).toMatch(code === 0 ? /api/u : /no space left/iu);
        expect(sha256).toBe(want);
      });
    },
  );
});

function withTmp({ spawn }: PackageWorld, folder: string): PackageWorld["spawn"] {
  return (words) => spawn(["env", `TMPDIR=${folder}`, ...words]);
}

function sha256In(json: string): string {
  return (JSON.parse(json) as Built).sha256;
}
