import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/host/run.ts";
import type { LockedPackage, Selection } from "../../src/python/lock/locked.ts";
import { readPylock } from "../../src/python/lock/pylock.ts";
import { readUvLock } from "../../src/python/lock/uv-lock.ts";
import { architectures, pythonRuntimes } from "../../src/python/wheel/targets.ts";
import { oracleProgram } from "../support/oracle-python.ts";

let folder: string;
let uv: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-uv-lock-"));
  await cp(resolve("test/fixtures/uv-workspace"), folder, { recursive: true });
  uv = await oracleProgram("uv");
  await call(["lock"]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function call(words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run([uv, ...words], {
    cwd: folder,
    keepLength: 64 * 1024 * 1024,
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

/** What uv exports has no `dependencies`. */
function withoutEdges(packages: readonly LockedPackage[]): unknown {
  return packages.map(({ name, version, source }) => ({ name, version, source }));
}

const choices: readonly {
  readonly member?: string;
  readonly extras: readonly string[];
  readonly groups: readonly string[];
}[] = [
  { extras: [], groups: [] },
  { extras: ["http"], groups: [] },
  { extras: ["old"], groups: [] },
  { extras: ["new", "http"], groups: ["lint"] },
  { extras: [], groups: ["dev"] },
  { extras: [], groups: ["empty"] },
  { member: "lib", extras: [], groups: [] },
];

describe("a uv.lock selects what uv exports", () => {
  for (const { member, extras, groups } of choices) {
    test(`${member ?? "app"}, extras ${extras.join()}, groups ${groups.join()}`, async () => {
      const words = ["export", "--frozen", "--quiet", "--format", "pylock.toml"];
      const exported = await call([
        ...words,
        "--no-default-groups",
        ...(member === undefined ? [] : ["--package", member]),
        ...extras.flatMap((extra) => ["--extra", extra]),
        ...groups.flatMap((group) => ["--group", group]),
      ]);
      const lock = await readFile(join(folder, "uv.lock"), "utf8");
      const project = member === undefined ? folder : join(folder, "packages", member);
      for (const runtime of pythonRuntimes) {
        for (const architecture of architectures) {
          const target = { runtime, architecture };
          const selection: Selection = { target, extras, groups, project };
          const ours = readUvLock(lock, { path: join(folder, "uv.lock"), selection });
          const theirs = readPylock(exported, {
            path: join(folder, "pylock.toml"),
            selection: { target, extras: [], groups: [] },
          });
          expect(ours.length).toBeGreaterThan(2);
          expect(withoutEdges(ours)).toEqual(withoutEdges(theirs));
        }
      }
    });
  }
});
