import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { whichLock } from "./which-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchdown-which-"));
  await mkdir(join(folder, "members", "api"), { recursive: true });
  await writeFile(join(folder, "uv.lock"), "version = 1\n");
});
afterEach(() => rm(folder, { recursive: true }));

const which = () => whichLock({ project: "members/api" }, { folder, isLocked: () => false });

test.each([
  ["a heading", '[tool.uv.workspace]\nmembers = ["members/*"]\n'],
  ["a heading, on Windows", '[tool.uv.workspace]\r\nmembers = ["members/*"]\r\n'],
  ["an inline table", '[tool.uv]\nworkspace = { members = ["members/*"] }\n'],
  ["dotted keys", '[tool]\nuv.workspace.members = ["members/*"]\n'],
  ["a mark before it", '\uFEFF[tool.uv]\nworkspace.members = ["members/*"]\n'],
])("a member's lock is its workspace's, which is said with %s", async (_how, text) => {
  await writeFile(join(folder, "pyproject.toml"), text);
  expect(which()).toEqual({ kind: "given", path: join(folder, "uv.lock") });
});

test.each([
  ["another project", '[project]\nname = "workspace"\n'],
  ["a source of one", "[tool.uv.sources]\nlib = { workspace = true }\n"],
  ["damaged", "[tool.uv]\nworkspace = {\n"],
])("a uv.lock above counts for nothing beside a pyproject.toml that is %s", async (_how, text) => {
  await writeFile(join(folder, "pyproject.toml"), text);
  expect(which()).toEqual({ kind: "own", folder: join(folder, "members", "api") });
});
