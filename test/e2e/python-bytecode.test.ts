/** The exact Python whose bytecode goes in: locked, looked for, and refused where it is another. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { findBytecodePython } from "../../src/python/bytecode/bytecode-python.ts";
import type { BytecodePython } from "../../src/python/bytecode/bytecode-python.ts";
import { command } from "../support/cli.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { packaged, usePackageWorld } from "../support/use-package-world.ts";

const used = usePackageWorld([makeWheel({ "one.py": "one = 1\n" }, { name: "one" })]);

let real: BytecodePython | undefined;
/** A folder for the PATH with a Python 3.11.99. */
let other: string;

beforeAll(async () => {
  const target = { runtime: "python3.11", architecture: "x86_64" } as const;
  real = await findBytecodePython(target).catch(() => undefined);
});
beforeEach(async (context) => {
  if (real === undefined) return context.skip("needs Python 3.11");
  const { folder, write } = used.world;
  other = join(folder, ".venv/other");
  await mkdir(other, { recursive: true });
  const program = join(other, "python3.11");
  const first = `import sys; sys.version = '3.11.99 '; sys.executable = '${program}'`;
  await writeFile(
    program,
    `#!/bin/sh\nfor script; do :; done\nexec ${real.program} -s -S -c "${first}\n$script"\n`,
  );
  await chmod(program, 0o755);
  await write({
    "Touchdownfile.ts": packaged(
      'requirements: "requirements.txt", sources: ["app.py"], bytecode: true',
    ),
    "requirements.txt": "one\n",
    "app.py": "import one\n",
  });
});

/** Run `touchdown` where Python 3.11.99 is the first on the PATH. */
function elsewhere(...words: readonly string[]) {
  const { world } = used;
  const path = `${other}:${world.env["PATH"]}`;
  return world.spawn(["env", `PATH=${path}`, process.execPath, command, ...words]);
}

test("the lock names it, and it is looked for past others of its minor version", async () => {
  const { world } = used;
  const version = real?.version ?? "";
  const built = await world.build();
  expect(await world.read("pylock.toml")).toContain(`\nbytecode = ["${version}"]\n`);
  const { status, stdout } = await elsewhere("build", "--locked", "--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ sha256: built.get("api")?.sha256, built: false });
});

test("one that this machine has not: an error where the lock may not be written, else it moves on", async () => {
  const { world } = used;
  const version = real?.version ?? "";
  expect(await elsewhere("lock")).toMatchObject({ status: 0 });
  expect(await world.read("pylock.toml")).toContain('\nbytecode = ["3.11.99"]\n');
  expect(await elsewhere("lock", "--check")).toMatchObject({ status: 0 });

  const why = `its bytecode is by Python 3.11.99, and this machine has ${version}`;
  const refused = await world.run("build", "--locked");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(`the lock pylock.toml does not fit: ${why}`);
  expect(refused.stderr).toContain("uv python install 3.11.99; or move on with touchdown lock");
  const checked = await world.run("lock", "--check");
  expect(checked).toMatchObject({ exitCode: 1 });
  expect(checked.stdout + checked.stderr).toContain(why);

  const built = await world.build();
  expect(built.get("api")?.built).toBe(true);
  expect(await world.read("pylock.toml")).toContain(`\nbytecode = ["${version}"]\n`);
  expect((await world.build("--locked")).get("api")?.built).toBe(false);
  // back to the other, and what is locked anew for another reason keeps to it where it is
  await world.write({ "requirements.txt": "one>=1\n" });
  expect(await elsewhere("lock")).toMatchObject({ status: 0 });
  expect(await world.read("pylock.toml")).toContain(`\nbytecode = ["${version}"]\n`);
  expect(await elsewhere("lock", "--upgrade")).toMatchObject({ status: 0 });
  expect(await world.read("pylock.toml")).toContain('\nbytecode = ["3.11.99"]\n');
});

test("one that a lock names which the user named: always an error", async () => {
  const { world } = used;
  expect(await elsewhere("lock")).toMatchObject({ status: 0 });
  await world.write({
    "Touchdownfile.ts": packaged(
      'lock: "pylock.toml", requirements: "requirements.txt", sources: ["app.py"], bytecode: true',
    ),
  });
  const refused = await world.run("build");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("BYTECODE_PYTHON");
});

test("a lock from before, or without bytecode, is stale when bytecode is wanted", async () => {
  const { world } = used;
  const without = packaged('requirements: "requirements.txt", sources: ["app.py"]');
  const withIt = await world.read("Touchdownfile.ts");
  await world.write({ "Touchdownfile.ts": without });
  await world.build();
  expect(await world.read("pylock.toml")).not.toContain("bytecode");
  await world.write({ "Touchdownfile.ts": withIt });
  const refused = await world.run("build", "--locked");
  expect(refused.stderr).toContain(
    "the lock pylock.toml is stale: it does not say which Python 3.11 compiles bytecode",
  );
  await world.build();
  // one that names more than is needed will do
  await world.write({ "Touchdownfile.ts": without });
  await world.build("--locked");
});
