/** Sets of wheels to measure with: those of design.md §8, as the package index has them today. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type SetName = "S" | "M" | "L";

const requirements: Readonly<Record<SetName, readonly string[]>> = {
  S: ["requests"],
  M: ["fastapi", "mangum", "boto3", "sqlalchemy", "cryptography", "httpx", "pydantic"],
  L: ["pandas", "numpy", "scipy", "requests"],
};

/** The wheels of a set, downloaded for python3.11 on x86_64 where that was not done before. */
export function wheelSet(name: SetName): readonly string[] {
  const folder = join(tmpdir(), "touchdown-bench-wheels", name);
  if (!existsSync(folder)) download(requirements[name], folder);
  return readdirSync(folder)
    .toSorted()
    .map((wheel) => join(folder, wheel));
}

function download(names: readonly string[], folder: string): void {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const target = ["--python-version", "3.11", "--platform", "manylinux2014_x86_64"];
  const words = ["-m", "pip", "download", "-q", "--only-binary", ":all:", ...target];
  const { status, stderr } = spawnSync("python3", [...words, "-d", unfinished, ...names]);
  if (status === 0) return renameSync(unfinished, folder);
  rmSync(unfinished, { recursive: true });
  throw new Error(`pip download ${names.join(" ")} failed: ${String(stderr)}`);
}
