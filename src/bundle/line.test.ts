import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleWorld } from "../../test/support/bundle-world.ts";
import type { BundleWorld, Declare } from "../../test/support/bundle-world.ts";

let world: BundleWorld;
beforeEach(async () => {
  world = await bundleWorld();
});
afterEach(() => world.remove());

test("a line is added, replaced and removed, once", async () => {
  const path = join(world.folder, "sshd config");
  const port = (line: string): Declare => {
    return (bundle) => bundle.addLine({ name: "sshd config", line, match: "^#?Port" });
  };
  expect((await world.apply(port("Port 22"))).lines).toEqual([
    "line sshd config/Port 22: create",
    "  line: Port 22",
  ]);
  expect((await world.apply(port("Port 2222"))).lines).toEqual([
    "line sshd config/Port 2222: update",
    "  line: Port 22 → Port 2222",
  ]);
  expect((await world.apply(port("Port 2222"))).report.summary.unchanged).toBe(1);
  expect(await readFile(path, "utf8")).toBe("Port 2222\n");
  const remove: Declare = (bundle) => {
    bundle.addLine({ name: "sshd config", line: "", match: /^Port/, ensure: "absent" });
    bundle.addLine({ name: "no such file", line: "x", ensure: "absent" });
  };
  expect((await world.apply(remove)).lines).toEqual([
    "line sshd config/: update",
    "  remove: 1 line → 0 lines",
    "line no such file/x: unchanged",
  ]);
  expect(await readFile(path, "utf8")).toBe("");
  expect(await readdir(world.folder)).toEqual(["sshd config"]);
});

test("several lines of one new file are all there after one run", async () => {
  const declare: Declare = (bundle) => {
    bundle.addLine({ name: "hosts", line: "a" });
    bundle.addLine({ name: "hosts", line: "b" });
  };
  const { report } = await world.apply(declare);
  expect(report.failures).toEqual([]);
  expect(await readFile(join(world.folder, "hosts"), "utf8")).toBe("a\nb\n");
  expect((await world.plan(declare)).report.summary.unchanged).toBe(2);
});

test("a file that is not text is refused and stays", async () => {
  await writeFile(join(world.folder, "binary"), new Uint8Array([0xff, 0xfe]));
  const { errors } = await world.apply((bundle) => bundle.addLine({ name: "binary", line: "a" }));
  expect(errors).toEqual([`FILE_TEXT ${world.folder}/binary is not UTF-8 text`]);
  expect([...(await readFile(join(world.folder, "binary")))]).toEqual([0xff, 0xfe]);
});
