/** The original touchdown, 0.15.16 from PyPI, in a virtual environment of the Python it was made for. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const version = "0.15.16";

/** Kept between runs: it never changes. */
const folder = join(tmpdir(), `touchdown-original-${version}`);

/** @returns its command; in words what is missing where it can't be had */
export function originalTouchdown(): { readonly command: string } | { readonly missing: string } {
  const command = join(folder, "bin/touchdown");
  if (existsSync(command)) return { command };
  const python = python38();
  if (python === undefined) return { missing: "needs Python 3.8" };
  const made = spawnSync(python, ["-m", "venv", "--clear", folder]);
  if (made.status !== 0) return { missing: "needs Python 3.8 with venv" };
  const words = ["install", "-q", `touchdown==${version}`, "paramiko"];
  const { status } = spawnSync(join(folder, "bin/pip"), words);
  return status === 0 ? { command } : { missing: "needs an index that has touchdown 0.15.16" };
}

/** On the PATH, or one of pyenv's. */
function python38(): string | undefined {
  const versions = join(homedir(), ".pyenv/versions");
  const names = existsSync(versions) ? readdirSync(versions) : [];
  const ours = names.filter((name) => name.startsWith("3.8.")).map((name) => join(versions, name));
  const candidates = ["python3.8", ...ours.map((each) => join(each, "bin/python"))];
  return candidates.find((each) => spawnSync(each, ["-c", ""]).status === 0);
}
