import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

/** A user's folder: in its node_modules what npm would install, touchdown and its dependencies. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), "touchdown-package-"));
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
  const installed = join(folder, "node_modules", "touchdown-aws");
  for (const path of ["package.json", ...manifest.files]) {
    await cp(join(root, path), join(installed, path), { recursive: true });
  }
  // @types/node is what the user of any package with Node's types has.
  for (const name of [...Object.keys(manifest.dependencies), "@types/node", "undici-types"]) {
    await link(name);
  }
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("the installed command starts, with nothing beside it but its declared dependencies", async () => {
  const command = join(folder, "node_modules/touchdown-aws/dist/touchdown.cjs");
  const { stdout } = await run(command, ["--help"], { cwd: folder });
  expect(stdout).toMatch(/touchdown/);
});

test("the installed library loads from a program", async () => {
  const program =
    'import { Workspace } from "touchdown-aws"; console.log(new Workspace().resources);';
  const words = ["--input-type=module", "--eval", program];
  expect((await run(process.execPath, words, { cwd: folder })).stdout).toBe("[]\n");
});

test("a Touchdownfile type-checks against the published types, without skipLibCheck", async () => {
  expect(await typeErrors('workspace.addAws({ region: "eu-west-1" });')).toBe("");
});

test("a wrong argument in a Touchdownfile is a type error", async () => {
  expect(await typeErrors("workspace.addAws({ region: 1 });")).toContain(
    "Type 'number' is not assignable to type 'string'",
  );
});

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

async function link(name: string): Promise<void> {
  const place = join(folder, "node_modules", name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(root, "node_modules", name), place);
}

async function typeErrors(body: string): Promise<string> {
  const text = `import type { Workspace } from "touchdown-aws";
    export default (workspace: Workspace): void => { ${body} };`;
  await writeFile(join(folder, "Touchdownfile.ts"), text);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--types", "node"];
  return run(process.execPath, [tsc, ...options, "Touchdownfile.ts"], { cwd: folder }).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}
