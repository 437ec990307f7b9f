/** For a test file of packages: an index with its wheels, and a world of its own for each test. */
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Uv } from "../../src/python/uv/uv.ts";
import type { MadeFile } from "./make-wheel.ts";
import { startPackageIndex } from "./package-index.ts";
import type { PackageIndex } from "./package-index.ts";
import { packageWorld, touchdownfile } from "./package-world.ts";
import type { PackageWorld } from "./package-world.ts";
import { uvForTests } from "./uv-for-tests.ts";

/** Tests are skipped by name where there is no uv. What is returned is filled in before each test. */
export function usePackageWorld(wheels: readonly MadeFile[]): {
  world: PackageWorld;
  index: PackageIndex;
} {
  const used = {} as { world: PackageWorld; index: PackageIndex };
  let uv: Uv | undefined;
  beforeAll(async () => {
    uv = await uvForTests();
    used.index = await startPackageIndex(wheels);
  });
  afterAll(() => used.index.stop());
  beforeEach(async (context) => {
    if (uv === undefined) return context.skip("needs uv");
    used.world = await packageWorld({ index: used.index, uv });
  });
  afterEach(() => used.world.remove());
  return used;
}

/** A Touchdownfile with one package, `api`, for python3.11. */
export function packaged(args: string): string {
  return touchdownfile(
    `workspace.addPythonPackage({ name: "api", runtime: "python3.11", ${args} });`,
  );
}
