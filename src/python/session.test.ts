import { utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PackageSession } from "./session.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-session-"));
  vi.stubEnv("TOUCHDOWN_CACHE_DIR", join(folder, "cache"));
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("hashes of files are kept in time, also by a process that ends without another turn", async () => {
  const path = (name: string): string => join(folder, name);
  for (const name of ["a.py", "b.py"]) writeFileSync(path(name), name);
  utimesSync(path("a.py"), 1_000, 1_000);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });
  const session = new PackageSession({ folder, locked: false });
  const store = await session.store();
  const written = vi.spyOn(store, "writeRecord");
  const before = process.listeners("exit");
  session.hashOf(path("a.py"));
  await new Promise(setImmediate);
  expect(written).toHaveBeenCalledTimes(1);
  session.hashOf(path("b.py"));
  const added = process.listeners("exit").filter((listener) => !before.includes(listener));
  expect(added).toHaveLength(1);
  added[0]?.(0);
  expect(written).toHaveBeenCalledTimes(2);
  expect(JSON.stringify(written.mock.lastCall?.[2])).toMatch(/a\.py.*b\.py/u);
  await new Promise(setImmediate);
  expect(written).toHaveBeenCalledTimes(2);
  expect(process.listeners("exit")).toEqual(before);
});
