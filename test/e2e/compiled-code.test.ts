import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, touchdown } from "../support/cli.ts";
import type { Ran } from "../support/cli.ts";

const file = `export default (workspace) => {
  workspace.addAws({ region: "eu-west-1" }).addQueue({ name: "jobs" });
};`;

test("the command keeps its compiled code, a file a verb, and runs the same from it", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const first = await dot(cwd);
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(first.stdout).toContain("jobs");
    expect(await readdir(join(cwd, "cache/code-v1"))).toEqual(["core.cjs-dot"]);
    const kept = await readFile(code(cwd));
    expect(await dot(cwd)).toEqual(first);
    expect(await readFile(code(cwd))).toEqual(kept);
  });
});

test("what is used stays when the cache is pruned", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    await dot(cwd);
    const cache = join(cwd, "cache");
    const kept = async () => [
      ...(await readdir(join(cache, "code-v1"))),
      ...(await readdir(join(cache, "touchdownfiles-v2"))),
    ];
    expect(await kept()).toHaveLength(2);
    const aged = async (): Promise<void> => {
      const then = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000);
      for (const place of ["code-v1", "touchdownfiles-v2"])
        for (const name of await readdir(join(cache, place)))
          await utimes(join(cache, place, name), then, then);
    };
    const env = { TOUCHDOWN_CACHE_DIR: cache };
    await aged();
    await dot(cwd);
    await touchdown(["cache", "prune"], { cwd, env });
    expect(await kept()).toEqual(expect.arrayContaining(["core.cjs-dot"]));
    expect(await readdir(join(cache, "touchdownfiles-v2"))).toHaveLength(1);
    await aged();
    expect((await touchdown(["cache", "prune"], { cwd, env })).stdout).toMatch(/^removed 2 files/);
    expect(await readdir(join(cache, "touchdownfiles-v2"))).toEqual([]);
  });
});

test("a run that uses more keeps its code in place of what was kept", async () => {
  await inFolder({ "Touchdownfile.ts": "export default () => undefined;" }, async (cwd) => {
    expect(await dot(cwd)).toMatchObject({ exitCode: 0 });
    const little = await readFile(code(cwd));
    await writeFile(join(cwd, "Touchdownfile.ts"), file);
    expect((await dot(cwd)).stdout).toContain("jobs");
    const more = await readFile(code(cwd));
    expect(more.equals(little)).toBe(false);
    await writeFile(join(cwd, "Touchdownfile.ts"), "export default () => undefined;");
    await dot(cwd);
    expect((await readFile(code(cwd))).equals(more)).toBe(true);
  });
});

test("a run that takes its time keeps code that a short one takes", async () => {
  const slow = `export default () => new Promise((resolve) => setTimeout(resolve, Number(process.env.WAIT_MS ?? 0)));`;
  await inFolder({ "Touchdownfile.ts": slow }, async (cwd) => {
    expect(await dot(cwd, { WAIT_MS: "600" })).toMatchObject({ exitCode: 0, stderr: "" });
    const kept = await stat(code(cwd));
    await dot(cwd);
    expect((await stat(code(cwd))).ino).toBe(kept.ino);
    await rm(code(cwd));
    await dot(cwd);
    const { ino } = await stat(code(cwd));
    await dot(cwd, { WAIT_MS: "600" });
    expect((await stat(code(cwd))).ino).toBe(ino);
  });
});

test("damaged code is never run: it is made again", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const first = await dot(cwd);
    const whole = await readFile(code(cwd));
    const flipped = [0, 31, 32, 40, 1_000, whole.length >> 1, whole.length - 1].map((at) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 4;
      return bytes;
    });
    const cut = [0, 20, 32, whole.length - 1].map((length) => whole.subarray(0, length));
    for (const damaged of [...flipped, ...cut]) {
      await writeFile(code(cwd), damaged);
      expect(await dot(cwd)).toEqual(first);
      expect((await readFile(code(cwd))).equals(damaged)).toBe(false);
    }
  });
});

test("code that was kept imports what Node has, and ES modules of packages", async () => {
  const imports = `import { basename } from "node:path";
    import { suffix } from "named";
    export default (workspace) => {
      workspace.addAws({ region: "eu-west-1" }).addQueue({ name: basename("/a/jobs") + suffix });
    };`;
  const files = {
    "Touchdownfile.ts": imports,
    "node_modules/named/package.json": `{ "name": "named", "type": "module", "exports": "./index.js" }`,
    "node_modules/named/index.js": "export const suffix = await Promise.resolve('-dev');",
  };
  await inFolder(files, async (cwd) => {
    for (const _ of ["compiled now", "kept"]) {
      const ran = await dot(cwd);
      expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
      expect(ran.stdout).toContain("jobs-dev");
    }
  });
});

test("a run that fails keeps no code, and help needs none", async () => {
  await inFolder({}, async (cwd) => {
    expect(await dot(cwd)).toMatchObject({ exitCode: 1 });
    const env = { TOUCHDOWN_CACHE_DIR: join(cwd, "cache") };
    expect(await touchdown(["--help"], { cwd, env })).toMatchObject({ exitCode: 0 });
    expect(await readdir(cwd)).toEqual([]);
  });
});

test("a verb's operand or value may be a word that asks for help elsewhere", async () => {
  await inFolder({ "Touchdownfile.ts": file }, async (cwd) => {
    const env = { TOUCHDOWN_CACHE_DIR: join(cwd, "cache") };
    const refused = async (...words: string[]): Promise<string> => {
      const { exitCode, stderr } = await touchdown(words, { cwd, env });
      expect(exitCode).toBe(1);
      return stderr;
    };
    expect(await refused("build", "help")).toContain('there is no package "help"');
    expect(await refused("dot", "--file", "help")).toContain(join(cwd, "help"));
    const asked = await touchdown(["help", "dot"], { cwd, env });
    expect(asked).toMatchObject({ exitCode: 0, stderr: "" });
    expect(asked.stdout).toContain("touchdown dot");
    const unknown = await touchdown(["help", "dto"], { cwd, env });
    expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
    expect(unknown.stderr).toContain('did you mean "dot"');
  });
});

test("a cache that can't be made does not stop it", async () => {
  await inFolder({ "Touchdownfile.ts": file, cache: "a file" }, async (cwd) => {
    for (const _ of [1, 2]) expect(await dot(cwd)).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

const code = (cwd: string): string => join(cwd, "cache/code-v1/core.cjs-dot");

function dot(cwd: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return touchdown(["dot"], { cwd, env: { TOUCHDOWN_CACHE_DIR: join(cwd, "cache"), ...more } });
}
