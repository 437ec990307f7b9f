/** What `addPythonPackage` refuses, through the built command, from an index on loopback. */
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeWheel } from "../support/make-wheel.ts";
import { touchdownfile } from "../support/package-world.ts";
import { packaged, usePackageWorld } from "../support/use-package-world.ts";

const wheels = [
  makeWheel({ "base/__init__.py": "x = 1\n" }, { name: "base" }),
  makeWheel({ "clash.py": "a = 1\n" }, { name: "clash-one" }),
  makeWheel({ "clash.py": "a = 2\n" }, { name: "clash-two" }),
  makeWheel({ "win.pyd": "" }, { name: "windows-only", tag: "cp311-cp311-win_amd64" }),
];

const used = usePackageWorld(wheels);

const refused = async (args: string, files: Readonly<Record<string, string>> = {}) => {
  await used.world.write({ "Touchdownfile.ts": packaged(args), "app.py": "", ...files });
  const ran = await used.world.run("build");
  expect(ran.stdout).toBe("");
  expect(ran.exitCode).toBe(1);
  return ran.stderr;
};

test.each([
  ['sources: ["gone.py"]', "sources: there is no gone.py"],
  ['project: "nowhere"', "project nowhere is no project: there is no such folder"],
  ['requirements: "gone.txt"', "there is no requirements file gone.txt"],
  ['lock: "gone.lock"', "there is no lock gone.lock"],
  ['sources: ["app.py"], files: { "../x": "" }', "must be a path inside the zip"],
  ["project: 5", "project must be a string, got 5"],
  ['requirements: ["a.txt"]', 'requirements must be a string, got ["a.txt"]'],
  ['requirements: "requirements.txt", extras: "web"', 'extras must be a list, got "web"'],
  ['sorces: ["app.py"]', 'sorces is not an argument, did you mean "sources"?'],
  ['sources: ["app.py"], exclude: ["*"]', "package api would be an empty zip"],
  ['sources: ["app.py", "x/app.py"]', "would be app.py in the zip"],
])("%s", async (args, message) => {
  expect(await refused(args, { "x/app.py": "1" })).toContain(message);
});

test("two distributions with one path and other bytes, naming both", async () => {
  const stderr = await refused('requirements: "requirements.txt"', {
    "requirements.txt": "clash-one\nclash-two\n",
  });
  for (const word of ["clash-one", "clash-two", "clash.py"]) expect(stderr).toContain(word);
});

test("a release with no wheel for the target, with what it has", async () => {
  const stderr = await refused('requirements: "requirements.txt"', {
    "requirements.txt": "windows-only\n",
  });
  expect(stderr).toMatch(/windows-only/u);
});

test("a function that runs another Python than its package names, before anything is built", async () => {
  await used.world.write({
    "Touchdownfile.ts": touchdownfile(`
      const aws = workspace.addAws({ region: "eu-west-1" });
      aws.addLambdaFunction({ name: "f", runtime: "python3.13", role: "arn:aws:iam::123456789012:role/r", handler: "app.handler",
        code: workspace.addPythonPackage({ runtime: "python3.11", sources: ["app.py"] }) });`),
    "app.py": "",
  });
  const ran = await used.world.run("build");
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain("is built for python3.11, and this runs on python3.13");
});

test("a name that no package has", async () => {
  await used.world.write({ "Touchdownfile.ts": packaged('sources: ["app.py"]'), "app.py": "" });
  const ran = await used.world.run("build", "apo");
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain('there is no package "apo", did you mean "api"?');
});

test("nothing: a wheel that went bad in the store is fetched again, and the zip is the same", async () => {
  await used.world.write({
    "Touchdownfile.ts": packaged('requirements: "requirements.txt", sources: ["app.py"]'),
    "requirements.txt": "base<2\n",
    "app.py": "",
  });
  const first = (await used.world.build()).get("api")!;
  await rm(first.path);
  const wheel = wheels.find(({ name }) => name.startsWith("base-1.0"))!;
  const { sha256 } = wheel;
  const stored = join(used.world.cache, "wheels-v1", sha256.slice(0, 2), sha256.slice(2));
  const bytes = await readFile(stored);
  const at = bytes.indexOf("x = 1");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await chmod(stored, 0o644);
  await writeFile(stored, bytes);
  const before = used.index.downloads(wheel.name);
  const again = await used.world.run("build", "--json");
  expect(again.stderr).toContain("it is fetched again");
  expect(JSON.parse(again.stdout)).toMatchObject({ sha256: first.sha256 });
  expect(used.index.downloads(wheel.name)).toBe(before + 1);
});
