/** What edits leave behind in the cache, through the built command. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeWheel } from "../support/make-wheel.ts";
import { packaged, usePackageWorld } from "../support/use-package-world.ts";

const used = usePackageWorld([makeWheel({ "dep.py": "x = 1\n" }, { name: "dep" })]);

function zips(): string[] {
  const files = readdirSync(join(used.world.cache, "zips-v1"), {
    recursive: true,
    encoding: "utf8",
  });
  return files.filter((file) => file.includes("/")).map((file) => file.replace("/", ""));
}

async function edited(line: string): Promise<{ sha256: string; built: boolean }> {
  await used.world.write({ "app.py": `${line}\n` });
  const built = (await used.world.build()).get("api");
  if (built === undefined) throw new Error("api was not built");
  return built;
}

const declared = (args = ""): Readonly<Record<string, string>> => ({
  "Touchdownfile.ts": packaged(`requirements: "requirements.txt", sources: ["app.py"] ${args}`),
  "requirements.txt": "dep\n",
});

test("of many edits the last three zips stay, and the one that they are made from", async () => {
  await used.world.write(declared());
  const built: string[] = [];
  for (const line of ["a = 1", "a = 2", "a = 3", "a = 4", "a = 5", "a = 6"]) {
    built.push((await edited(line)).sha256);
  }
  expect(new Set(built).size).toBe(6);
  expect(new Set(zips())).toEqual(new Set([built[0], ...built.slice(-3)]));
});

test("an edit that is taken back needs no build, nor does taking back the one before", async () => {
  await used.world.write(declared());
  await edited("a = 0");
  const first = await edited("a = 1");
  await edited("a = 2");
  await edited("a = 3");
  const back = await edited("a = 1");
  expect(back).toMatchObject({ built: false, sha256: first.sha256 });
});

test("a zip that was removed is made again, the same", async () => {
  await used.world.write(declared());
  await edited("a = 0");
  const { sha256 } = await edited("a = 1");
  for (const line of ["a = 2", "a = 3", "a = 4"]) await edited(line);
  expect(zips()).not.toContain(sha256);
  expect(await edited("a = 1")).toMatchObject({ built: true, sha256 });
});

test("other dependencies: the zip that the old ones' edits were made from goes too", async () => {
  await used.world.write(declared());
  const { sha256 } = await edited("a = 0");
  await edited("a = 1");
  await edited("a = 2");
  await edited("a = 3");
  expect(zips()).toContain(sha256);
  await used.world.write(declared(', withoutPackages: ["dep"]'));
  await edited("a = 4");
  expect(zips()).not.toContain(sha256);
});
