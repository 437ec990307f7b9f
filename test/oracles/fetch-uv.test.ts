import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findUv, programsOnPath } from "../../src/python/uv/uv.ts";
import { pinnedUv } from "../../src/python/uv/uv-pinned.ts";
import { run } from "../../src/host/run.ts";
import { openStore } from "../../src/store/store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-uv-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("the pinned uv is what pip gets for this machine, by its hash, and runs", async () => {
  const path = process.env["PATH"] ?? "";
  const withUv = (await programsOnPath("uv", path)).map((program) => dirname(program));
  const without = path.split(":").filter((one) => !withUv.includes(one));
  const environment = { ...process.env, PATH: without.join(":") };
  const uv = await findUv({ store: await openStore(folder), environment });
  expect(uv.version).toBe(pinnedUv.version);
  const { stdout } = await run([uv.program, "--version"]);
  expect(stdout).toContain(`uv ${pinnedUv.version}`);
});
