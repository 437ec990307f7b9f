/** `touchdown lock`, where the lock that is there is no good, or something else than the lock is not. */
import { readdir } from "node:fs/promises";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Uv } from "../../src/python/uv/uv.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { startPackageIndex, type PackageIndex } from "../support/package-index.ts";
import { packageWorld, touchdownfile, type PackageWorld } from "../support/package-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let index: PackageIndex;
let uv: Uv | undefined;
let world: PackageWorld;
let whole: string;

beforeAll(async () => {
  uv = await uvForTests();
});
beforeEach(async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  const tag = "cp311-cp311-manylinux_2_39_x86_64";
  index = await startPackageIndex([
    makeWheel({ "one.py": "" }, { name: "one" }),
    makeWheel({ "old.py": "" }, { name: "old", tag }),
  ]);
  world = await packageWorld({ index, uv });
  await world.write({
    "Touchdownfile.ts": touchdownfile(
      'workspace.addPythonPackage({ name: "api", runtime: "python3.11", requirements: "requirements.in", sources: ["app.py"] });',
    ),
    "app.py": "",
    "requirements.in": "one\n",
  });
  const { exitCode, stderr } = await world.run("lock");
  if (exitCode !== 0) throw new Error(stderr);
  whole = await world.read("pylock.toml");
});
afterEach(async () => {
  await world?.remove();
  await index?.stop();
});

test("a lock that a merge left in conflict is refused with --locked, and made anew", async () => {
  const heading = "[tool.touchdown.inputs]\n";
  const conflict = `${heading}<<<<<<< HEAD\n"a" = "00"\n=======\n"a" = "11"\n>>>>>>> other\n`;
  await world.write({ "pylock.toml": whole.replace(heading, conflict) });
  const refused = await world.run("build", "--locked");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("pylock.toml is stale: its [tool.touchdown] table is damaged");
  expect(await world.run("lock")).toMatchObject({ stderr: "pylock.toml: written\n" });
  expect(await world.read("pylock.toml")).toBe(whole);
});

test("a lock whose packages can't be read is made anew too", async () => {
  await world.write({ "pylock.toml": whole.replace("lock-version", "<<<<<<<\nlock-version") });
  const checked = await world.run("lock", "--check");
  expect(checked.exitCode).toBe(1);
  expect(checked.stderr).toContain("pylock.toml: stale: it can't be read: ");
  expect(await world.run("lock")).toMatchObject({ stderr: "pylock.toml: written\n" });
  expect(await world.read("pylock.toml")).toBe(whole);
});

test("with Windows' line ends and a byte order mark it is as good as before", async () => {
  await world.write({ "pylock.toml": `\uFEFF${whole.replaceAll("\n", "\r\n")}` });
  expect(await world.run("build", "--locked")).toMatchObject({ exitCode: 0 });
  expect(await world.run("lock", "--check")).toMatchObject({ exitCode: 0 });
});

test("a lock can be upgraded, though what it has does not fit, or sources are not there yet", async () => {
  await world.write({ "requirements.in": "old\n" });
  expect((await world.run("lock")).stderr).toContain("written");
  expect((await world.run("build")).stderr).toContain("WHEEL_NONE");
  await world.spawn(["rm", "app.py"]);
  expect(await world.run("lock", "--check")).toMatchObject({ exitCode: 0 });
  expect(await world.run("lock", "--upgrade")).toMatchObject({
    exitCode: 0,
    stderr: "pylock.toml: unchanged\n",
  });
});

test("two at once leave one whole lock, and nothing beside it", async () => {
  await world.write({ "requirements.in": "one # again\n-c none.txt\n", "none.txt": "old<3\n" });
  const both = await Promise.all([world.run("lock"), world.run("lock")]);
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(await world.run("build", "--locked")).toMatchObject({ exitCode: 0 });
  expect((await readdir(world.folder)).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test("a file that the lock was made from and that is gone is named", async () => {
  await world.write({ "requirements.in": "-r more.in\n", "more.in": "one\n" });
  await world.run("lock");
  await world.write({ "more.in": "one>=0.5\n" });
  expect((await world.run("lock", "--check")).stderr).toContain("stale: more.in has changed");
  await world.spawn(["rm", "more.in"]);
  const refused = await world.run("build", "--locked");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("more.in");
  expect(refused.stderr).toContain("LOCK_INPUT");
});

test("a place that can't be written is an error that says so", async () => {
  await world.spawn(["ln", "-sf", "/proc/none/pylock.toml", "pylock.toml"]);
  const refused = await world.run("lock");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("FILE_WRITE");
  expect(refused.stderr).toContain("pylock.toml");
});
